package dev.asyncloop.testing;

import dev.asyncloop.LoopClock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is moved. Any thread reads it. */
abstract class StandingClock implements LoopClock {

    /** What it has been moved by. */
    final AtomicLong nanos = new AtomicLong();

    private final Instant start;

    StandingClock(Instant start) {
        this.start = start;
    }

    @Override
    public final long nanoTime() {
        return nanos.get();
    }

    @Override
    public final Instant instant() {
        return start.plusNanos(nanos.get());
    }

    @Override
    public final boolean ticks() {
        return false;
    }

    /** Moves on, but not beyond what a {@code long} holds (292 years). Only where one thread at a time moves it. */
    final void move(long by) {
        nanos.set(after(by));
    }

    /** Returns what this clock will show then. */
    final long after(long by) {
        long now = nanos.get();
        return by > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + by;
    }
}
