package dev.asyncloop.testing;

import dev.asyncloop.DrivenLoop;
import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** The clock of one {@link VirtualTimeLoop}, which it makes. Moved only by who has the turn. */
final class VirtualClock implements LoopClock {

    private final Instant start;

    private final Duration gracePeriod;

    private final AtomicLong nanos = new AtomicLong();

    VirtualClock(Instant start, Duration gracePeriod) {
        this.start = start;
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
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public Instant instant() {
        return start.plusNanos(nanos.get());
    }

    @Override
    public boolean ticks() {
        return false;
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
