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
}
