package dev.asyncloop;

import dev.asyncloop.internal.carrier.LoopCarrier;
import dev.asyncloop.internal.turn.Turn;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Code on the event loop that runs long or waits: Netty's, Reactor's, a filter's.
 */
final class EventLoopWatch extends Watch {

    /** What stands for the name of such code. */
    static final String NAME = "code on the event loop (Netty, Reactor, a filter)";

    private final LoopCarrier carrier;

    private final Turn turn;

    EventLoopWatch(LoopCarrier carrier, Turn turn, SlowCallbackReport report) {
        super(report);
        this.carrier = carrier;
        this.turn = turn;
    }

    @Override
    public long stretch() {
        return carrier.eventLoopWork();
    }

    @Override
    @Nullable
    SlowCallback look(Duration heldFor) {
        ThreadSample sample = new ThreadSample(carrier.eventLoopThread());
        if (sample.isReady()) {
            return null; // somebody else has the carrier
        }
        int behind = sample.isMounted() || turn.isPutOff() ? turn.waiting() + (turn.holder() != null ? 1 : 0) : 0;
        return new SlowCallback(
                SlowCallback.Held.EVENT_LOOP,
                NAME,
                heldFor,
                behind,
                sample.what(),
                sample.hold().adviceOnEventLoop() + sample.wayOutIfPinned(),
                sample.stack());
    }
}
