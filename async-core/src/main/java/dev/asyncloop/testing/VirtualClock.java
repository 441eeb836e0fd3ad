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

    /** Moves on, but not beyond what a {@code long} holds (292 years). */
    void advance(long by) {
        nanos.set(after(by));
    }

    /** Returns what this clock will show then. */
    long after(long by) {
        long now = nanos.get();
        return by > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + by;
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
