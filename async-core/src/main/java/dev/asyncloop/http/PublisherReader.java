package dev.asyncloop.http;

import dev.asyncloop.IOLoop;
import io.netty.channel.EventLoop;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Reads what a {@code Publisher} signals, piece by piece, and holds it back: it is asked for 16 pieces, and for more as
 * they are taken. What {@link dev.asyncloop.channel.Channel#from} is for coroutines this is for whoever may wait: a
 * coroutine gives way, any other thread blocks, but for event loops. For bodies; pieces are dropped without being released.
 *
 * @param <T> the type of the pieces
 */
public final class PublisherReader<T> implements AutoCloseable {

    private final IOLoop loop;

    private final String subject;

    private final Publisher<? extends T> publisher;

    private final Context context;

    private final BodyPipe<T> pipe;

    private final Source source = new Source();

    private final AtomicBoolean begun = new AtomicBoolean();

    /**
     * Makes a reader. The publisher is subscribed to when the first piece is asked for.
     * @param loop the loop on whose event loop this subscribes and asks for more
     * @param subject what is read, for messages
     * @param context the subscriber's context
     */
    public PublisherReader(IOLoop loop, String subject, Publisher<? extends T> publisher, ContextView context) {
        this.loop = loop;
        this.subject = subject;
        this.publisher = publisher;
        this.context = Context.of(context);
        this.pipe = new BodyPipe<>(subject, this::requestMore);
    }

    /**
     * Waits for the next piece; {@code null} if there are no more. By one reader at a time.
     * @throws RuntimeException the publisher's failure; a checked one inside a {@link CompletionException}
     * @throws CancellationException if it is closed, the coroutine is cancelled, or the thread interrupted
     * @throws IllegalStateException if the caller is an event loop, or somebody else reads
     */
    public @Nullable T take() {
        if (begun.compareAndSet(false, true)) {
            onEventLoop(this::subscribe);
        }
        return pipe.take();
    }

    /** What a publisher throws here it should have signalled; who reads would wait for ever. */
    private void subscribe() {
        try {
            publisher.subscribe(source);
        } catch (Throwable ex) {
            source.hookOnError(ex);
        }
    }

    /**
     * Cancels the subscription and drops what was not taken; if there is none yet, there will be none. Who reads is
     * cancelled. Idempotent; does not wait. Any thread.
     */
    @Override
    public void close() {
        pipe.close(new CancellationException(subject + " is read no more"));
        if (!begun.compareAndSet(false, true)) {
            onEventLoop(source::cancel);
        }
    }

    private void requestMore(int count) {
        onEventLoop(() -> source.request(count));
    }

    private void onEventLoop(Runnable task) {
        EventLoop eventLoop = loop.eventLoopGroup().next();
        if (eventLoop.isShuttingDown()) {
            task.run();
        } else {
            eventLoop.execute(task);
        }
    }

    @Override
    public String toString() {
        return subject;
    }

    private final class Source extends BaseSubscriber<T> {

        @Override
        public Context currentContext() {
            return context;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.request(BodyPipe.CAPACITY);
        }

        @Override
        protected void hookOnNext(T piece) {
            pipe.put(piece);
        }

        @Override
        protected void hookOnComplete() {
            pipe.complete();
        }

        @Override
        protected void hookOnError(Throwable failure) {
            pipe.fail(failure instanceof RuntimeException unchecked ? unchecked : new CompletionException(failure));
        }
    }
}
