package dev.asyncloop.channel;

import dev.asyncloop.HomeLoop;
import dev.asyncloop.IOLoop;
import dev.asyncloop.sync.Lock;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.FluxSink;

/** Gives what a coroutine sends to a sink, on the event loop, when there is demand for it. */
final class SinkEmitter<T> implements Emitter<T> {

    /** So many items may be on their way to a subscriber that has asked for all there are. */
    private static final int MOST_ON_THE_WAY = 256;

    private final HomeLoop home = new HomeLoop();

    private final IOLoop loop;

    private final String name;

    private final FluxSink<T> sink;

    private final Lock sending = new Lock();

    private final Bell bell = new Bell();

    /** Sent by the coroutine, not given to the sink yet. */
    private final AtomicInteger onTheWay = new AtomicInteger();

    private boolean ended;

    /** What the subscriber has thrown though it may not: the sink would only pile up what comes after that. */
    private volatile @Nullable Throwable broken;

    SinkEmitter(IOLoop loop, String name, FluxSink<T> sink) {
        this.loop = loop;
        this.name = name;
        this.sink = sink;
    }

    /** Runs the generator in its coroutine. */
    @Nullable
    Void run(Generator<T> generator) throws Exception {
        home.enter("Generator.run");
        try {
            generator.run(this);
            return null;
        } finally {
            ended = true;
            bell.ring();
        }
    }

    @Override
    public void send(T item) {
        Objects.requireNonNull(item, "null is no item of a Flux; to say that no more come, return");
        home.enter("Emitter.send");
        try (var turn = sending.hold()) {
            bell.await(this, this::isWanted);
            if (ended) {
                throw new IllegalStateException("`Emitter.send` was called after generator '" + name
                        + "' has ended; send in its coroutine, or in children that it waits for");
            }
            if (broken != null) {
                throw new IllegalStateException("The subscriber of generator '" + name + "' has failed", broken);
            }
            onTheWay.incrementAndGet();
            EventLoops.run(loop, () -> give(item));
        }
    }

    /** What was asked for goes down when the sink has given the item, and only then is the item no longer on its way. */
    private boolean isWanted() {
        int count = onTheWay.get();
        return sink.isCancelled()
                || ended
                || broken != null
                || count < MOST_ON_THE_WAY && count < sink.requestedFromDownstream();
    }

    private void give(T item) {
        try {
            sink.next(item);
        } catch (Throwable ex) {
            broken = ex;
            throw ex;
        } finally {
            onTheWay.decrementAndGet();
            bell.ring();
        }
    }

    /** Called by whichever thread asks for more, or cancels: then nobody waits for demand, not even behind a shield. */
    void demandHasChanged() {
        bell.ring();
    }

    @Override
    public String toString() {
        return "demand for '" + name + "'";
    }
}
