package dev.asyncloop.testing;

import dev.asyncloop.DrivenLoop;
import dev.asyncloop.IOLoop;
import java.time.Duration;
import java.time.Instant;

/** The clock of one {@link VirtualTimeLoop}, which it makes. Moved only by who has the turn. */
final class VirtualClock extends StandingClock {

    private final Duration gracePeriod;

    VirtualClock(Instant start, Duration gracePeriod) {
        super(start);
        this.gracePeriod = gracePeriod;
    }

    @Override
    public boolean jumps() {
        return true;
    }

    @Override
    public IOLoop attach(DrivenLoop loop) {
        return new VirtualTimeLoop(loop, this, gracePeriod);
    }
}
