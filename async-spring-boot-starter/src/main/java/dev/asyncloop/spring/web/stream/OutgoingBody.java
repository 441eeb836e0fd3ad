package dev.asyncloop.spring.web.stream;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import reactor.core.publisher.Flux;

/**
 * The body of an answer, between the coroutine that puts pieces in and the server that writes them. What waits is written
 * and flushed together when what was taken before is written: so small pieces cost little, and no more than a
 * {@linkplain #ROOM few} of them are on their way.
 */
final class OutgoingBody implements Publisher<Publisher<DataBuffer>>, Subscription {

    /** There is room as long as fewer bytes than this wait here. */
    static final int ROOM = 64 * 1024;

    private final Executor eventLoop;

    private final DataBufferFactory buffers;

    private final Runnable onChange;

    private final Queue<byte[]> pieces = new ConcurrentLinkedQueue<>();

    private final AtomicLong waiting = new AtomicLong();

    /** The server has a group which it has not asked for the content yet. */
    private volatile boolean offered;

    /** Whether the server wants no more. */
    private volatile boolean cancelled;

    // What follows is touched on the event loop only.

    private @Nullable Subscriber<? super Publisher<DataBuffer>> subscriber;

    private long demand;

    /** The first group may be empty: with it go the headers. */
    private boolean first = true;

    private boolean complete;

    private @Nullable Throwable failure;

    private boolean ended;

    /**
     * Makes a body.
     * @param onChange called when there is more room, or the server wants no more; on any thread
     */
    OutgoingBody(Executor eventLoop, DataBufferFactory buffers, Runnable onChange) {
        this.eventLoop = eventLoop;
        this.buffers = buffers;
        this.onChange = onChange;
    }

    // ---- the coroutine

    boolean hasRoom() {
        return waiting.get() < ROOM;
    }

    boolean isEmpty() {
        return waiting.get() == 0;
    }

    /** Returns how many bytes wait here. Any thread. */
    long waiting() {
        return waiting.get();
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** Puts in a piece, which must not change any more. */
    void put(byte[] piece) {
        if (piece.length > 0) {
            waiting.addAndGet(piece.length);
            pieces.add(piece);
            if (!offered) {
                eventLoop.execute(this::pump);
            }
        }
    }

    // ---- the event loop

    /** No more pieces come. */
    void complete() {
        complete = true;
        pump();
    }

    /** No more pieces come, and those that did are not all there should be. */
    void fail(Throwable failure) {
        this.failure = failure;
        complete();
    }

    private void pump() {
        Subscriber<? super Publisher<DataBuffer>> current = subscriber;
        if (current == null || ended || cancelled || offered) {
            return;
        }
        if (first || !pieces.isEmpty()) {
            if (demand > 0) {
                demand--;
                first = false;
                offered = true;
                current.onNext(Flux.defer(this::take));
            }
        } else if (complete) {
            ended = true;
            Throwable reason = failure;
            if (reason == null) {
                current.onComplete();
            } else {
                current.onError(reason);
            }
        }
    }

    /** Takes all that waits. On the server's thread, when it has written what it took before. */
    private Flux<DataBuffer> take() {
        offered = false; // before the look: who puts one in afterwards offers it
        int length = 0;
        Queue<byte[]> group = new java.util.ArrayDeque<>();
        byte[] piece;
        while (length < ROOM && (piece = pieces.poll()) != null) {
            group.add(piece);
            length += piece.length;
        }
        waiting.addAndGet(-length);
        eventLoop.execute(this::pump); // for what is left, or the end
        onChange.run();
        return group.isEmpty() ? Flux.empty() : Flux.just(buffers.wrap(join(group, length)));
    }

    private static byte[] join(Queue<byte[]> group, int length) {
        if (group.size() == 1) {
            return group.remove();
        }
        byte[] joined = new byte[length];
        int position = 0;
        for (byte[] piece : group) {
            System.arraycopy(piece, 0, joined, position, piece.length);
            position += piece.length;
        }
        return joined;
    }

    @Override
    public void subscribe(Subscriber<? super Publisher<DataBuffer>> server) {
        subscriber = server;
        server.onSubscribe(this);
        eventLoop.execute(this::pump);
    }

    @Override
    public void request(long count) {
        eventLoop.execute(() -> {
            demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
            pump();
        });
    }

    @Override
    public void cancel() {
        cancelled = true;
        onChange.run();
    }
}
