package dev.asyncloop;

import dev.asyncloop.internal.turn.Successor;
import dev.asyncloop.internal.turn.Turn;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Who keeps the turn: a coroutine, or something short that runs between two of them and is not as short as it should be.
 * A coroutine whose turn is lent does not keep it.
 */
final class TurnWatch extends Watch {

    private final Turn turn;

    /** Whether the carrier is the loop's own, so that who is ready waits for somebody that another watch sees. */
    private final boolean ownCarrier;

    TurnWatch(Turn turn, boolean ownCarrier, SlowCallbackReport report) {
        super(report);
        this.turn = turn;
        this.ownCarrier = ownCarrier;
    }

    @Override
    public long stretch() {
        return turn.holder() != null ? turn.turns() : NOBODY;
    }

    @Override
    @Nullable
    SlowCallback look(Duration heldFor) {
        Successor holder = turn.holder();
        Coroutine<?> coroutine = Coroutine.of(holder);
        Thread thread = coroutine != null ? coroutine.thread() : turn.inlineThread();
        if (holder == null || thread == null) {
            return null;
        }
        ThreadSample sample = new ThreadSample(thread);
        if (ownCarrier && sample.isReady()) {
            return null;
        }
        return new SlowCallback(
                SlowCallback.Held.TURN,
                coroutine != null ? coroutine.name() : "a handler of a timer, a limit or a cancellation",
                heldFor,
                turn.waiting(),
                sample.what(),
                sample.hold().advice() + sample.wayOutIfPinned(),
                sample.stack());
    }
}
