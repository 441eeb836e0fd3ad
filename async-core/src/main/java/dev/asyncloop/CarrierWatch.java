package dev.asyncloop;

import dev.asyncloop.internal.carrier.LoopCarrier;
import dev.asyncloop.internal.turn.Turn;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who keeps the loop's own carrier without having the turn: a virtual thread that was started inside a coroutine, a
 * coroutine in {@link Async#blocking}, one that awaits while it is pinned.
 */
final class CarrierWatch extends Watch {

    private final LoopCarrier carrier;

    private final Turn turn;

    CarrierWatch(LoopCarrier carrier, Turn turn, SlowCallbackReport report) {
        super(report);
        this.carrier = carrier;
        this.turn = turn;
    }

    @Override
    public long stretch() {
        return carrier.slice();
    }

    @Override
    @Nullable
    SlowCallback look(Duration heldFor) {
        Thread ofHolder = threadWithTurn();
        Thread running = carrier.running();
        if (running != null && running == ofHolder
                || running == null && ofHolder != null && Mounting.of(ofHolder).isMounted()) {
            return null; // who has the turn as well
        }
        ThreadSample sample = running != null ? new ThreadSample(running) : null;
        if (sample != null && !sample.isMounted()) {
            return null; // gone meanwhile
        }
        return new SlowCallback(
                SlowCallback.Held.CARRIER,
                running == null || running.getName().isEmpty()
                        ? "a virtual thread without a name" + (running != null ? ", #" + running.threadId() : "")
                        : running.getName(),
                heldFor,
                turn.waiting() + (turn.holder() != null ? 1 : 0),
                sample != null ? sample.what() : Hold.COMPUTES.what(),
                "A virtual thread that is started inside a coroutine, and what is in `Async.blocking`, runs on the carrier as"
                        + " well. " + (sample != null ? sample.hold() : Hold.COMPUTES).advice()
                        + (sample != null ? sample.wayOutIfPinned() : ""),
                sample != null ? sample.stack() : List.of());
    }

    /** Something short that runs with the turn runs in whatever thread has handed that on. */
    private @Nullable Thread threadWithTurn() {
        Thread inline = turn.inlineThread();
        Coroutine<?> holder = Coroutine.of(turn.holder());
        return inline != null || holder == null ? inline : holder.thread();
    }
}
