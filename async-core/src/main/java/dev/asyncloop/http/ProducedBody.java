package dev.asyncloop.http;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Task;
import dev.asyncloop.sync.Lock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A body that a coroutine produces while it is sent.
 *
 * @param producer writes it
 * @param length how many bytes it will write, -1 if that is not known
 * @param isRepeatable whether it can be produced again
 * @param measure finds out the length where it is not known before; called in the loop's executor
 */
record ProducedBody(
        BodyProducer producer,
        long length,
        boolean isRepeatable,
        @Nullable Measure measure) implements RequestBody {

    ProducedBody {
        Objects.requireNonNull(producer, "producer");
        if (length < -1) {
            throw new IllegalArgumentException("length must not be negative, but was " + length);
        }
    }

    @Override
    public Sending open(IOLoop loop, HttpClientOptions options) {
        Feeder feeder = new Feeder(loop);
        String name = "the body of a request";
        Task<?> coroutine = loop.inLoop() ? Async.spawn(name, feeder::run) : loop.spawn(name, feeder::run);
        feeder.coroutine = coroutine;
        if (producer instanceof OwningProducer owner) {
            coroutine.whenComplete((none, failure) -> feeder.ended(owner));
        }
        return feeder;
    }

    /** Finds out a length. */
    @FunctionalInterface
    interface Measure {

        long length() throws Exception;
    }

    /**
     * A coroutine that waits until the body is wanted, and starts a child that produces it: for each attempt another one.
     * So whoever owns the fetch owns the production.
     */
    private final class Feeder implements Sending {

        private final IOLoop loop;

        private final Doorbell bell = new Doorbell();

        private final Sinks.Empty<Void> measured = Sinks.empty();

        /** Set before the coroutine can have its first turn, or at once after that; the event loop sees it through the exchange. */
        private volatile @Nullable Task<?> coroutine;

        private volatile long knownLength = length;

        private volatile @Nullable Attempt wanted;

        /** Whether the producer was called. Only in turns of the loop. */
        private boolean begun;

        Feeder(IOLoop loop) {
            this.loop = loop;
        }

        @Nullable
        Void run() {
            if (measure != null) {
                try {
                    knownLength = Async.await(loop.runInExecutor(measure::length));
                } catch (Throwable ex) {
                    measured.tryEmitError(
                            ex instanceof java.util.concurrent.CompletionException wrapped && wrapped.getCause() != null
                                    ? wrapped.getCause()
                                    : ex);
                    return null;
                }
                measured.tryEmitEmpty();
            }
            Attempt before = null;
            do {
                Attempt done = before;
                bell.await("its turn to be sent", () -> wanted != done);
                Attempt next = Objects.requireNonNull(wanted);
                next.production = Async.spawn("the production of a request's body", () -> {
                    begun = true;
                    return next.run();
                });
                if (next.isCancelled()) {
                    next.cancel();
                }
                before = next;
            } while (isRepeatable);
            Task<?> last = before.production;
            if (last != null) {
                Async.await(last); // this coroutine's end would cancel it
            }
            return null;
        }

        /** This coroutine has ended, and with it the one that produces. */
        void ended(OwningProducer owner) {
            if (!begun) {
                owner.discard(loop);
            }
        }

        @Override
        public @Nullable Mono<Void> preparation() {
            return measure != null ? measured.asMono() : null;
        }

        @Override
        public long length() {
            return knownLength;
        }

        @Override
        public Publisher<ByteBuf> content() {
            return Flux.from(subscriber -> {
                Attempt attempt = new Attempt(loop, knownLength, (CoreSubscriber<? super ByteBuf>) subscriber);
                subscriber.onSubscribe(attempt);
                wanted = attempt;
                bell.ring();
            });
        }

        @Override
        public void close() {
            Task<?> current = coroutine;
            if (current != null) {
                current.cancel(false);
            }
        }

        @Override
        public String toString() {
            return "the body of a request";
        }
    }

    /** One production: on one side the coroutine that writes, on the other the event loop that asks for pieces. */
    private final class Attempt implements Subscription, BodyWriter {

        /** The longest piece that is handed over. */
        private static final int PIECE = 16 * 1024;

        private final IOLoop loop;

        private final long announced;

        private final CoreSubscriber<? super ByteBuf> subscriber;

        private final AtomicLong demand = new AtomicLong();

        private final Doorbell bell = new Doorbell();

        private final Lock writing = new Lock();

        private long written;

        private boolean returned;

        private volatile boolean cancelled;

        private volatile @Nullable Task<?> production;

        Attempt(IOLoop loop, long announced, CoreSubscriber<? super ByteBuf> subscriber) {
            this.loop = loop;
            this.announced = announced;
            this.subscriber = subscriber;
        }

        // ---- the coroutine

        @Nullable
        Void run() {
            try {
                producer.produce(this);
                returned = true;
                if (announced >= 0 && written != announced) {
                    throw new IllegalStateException("The body was announced with " + announced + " bytes, but "
                            + written + " were written; announce what is written, or nothing");
                }
                onEventLoop(subscriber::onComplete);
            } catch (Throwable ex) {
                returned = true;
                if (!cancelled) {
                    onEventLoop(() -> subscriber.onError(ex));
                }
            }
            return null;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            try (var turn = writing.hold()) {
                if (announced >= 0 && length > announced - written) {
                    throw new IllegalStateException("The body was announced with " + announced + " bytes, but "
                            + (written + length) + " were to be written; announce what is written, or nothing");
                }
                for (int from = offset; from < offset + length; from += PIECE) {
                    give(Arrays.copyOfRange(bytes, from, Math.min(from + PIECE, offset + length)));
                }
            }
        }

        private void give(byte[] piece) {
            bell.await("room for more of a request's body", () -> cancelled || returned || demand.get() > 0);
            if (returned) { // also where the fetch has ended since
                throw new IllegalStateException("The body was written to after its producer had returned; write in its"
                        + " coroutine, or in children that it waits for");
            }
            if (cancelled) {
                throw new CancellationException("the fetch has ended, or its server wants no more of the body");
            }
            demand.decrementAndGet();
            written += piece.length;
            onEventLoop(() -> subscriber.onNext(Unpooled.wrappedBuffer(piece)));
        }

        private void onEventLoop(Runnable signal) {
            io.netty.channel.EventLoop eventLoop = loop.eventLoopGroup().next();
            if (!eventLoop.isShuttingDown()) {
                eventLoop.execute(signal);
            }
        }

        // ---- the event loop

        @Override
        public void request(long count) {
            demand.accumulateAndGet(count, (before, more) -> before + more < 0 ? Long.MAX_VALUE : before + more);
            bell.ring();
        }

        boolean isCancelled() {
            return cancelled;
        }

        @Override
        public void cancel() {
            cancelled = true;
            bell.ring();
            Task<?> running = production;
            if (running != null) {
                running.cancel(false);
            }
        }
    }
}
