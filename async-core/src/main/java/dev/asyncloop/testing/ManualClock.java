package dev.asyncloop.testing;

import dev.asyncloop.DrivenLoop;
import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that stands still until it is moved: give it to a loop, and no test waits for real time. Any thread.
 */
public final class ManualClock implements LoopClock {

    private final Instant start;

    private final AtomicLong nanos = new AtomicLong();

    private final List<DrivenLoop> loops = new CopyOnWriteArrayList<>();

    /** Makes a clock that shows the first instant of 1970. */
    public ManualClock() {
        this(Instant.EPOCH);
    }

    /** Makes a clock that shows this instant. */
    public ManualClock(Instant start) {
        this.start = start;
    }

    /**
     * Moves the clock on. Timers that are due now stand in their loop's line when this returns, if nobody has the turn.
     */
    public void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("The clock can't be advanced by " + by + "; it only goes on");
        }
        nanos.addAndGet(by.toNanos());
        loops.forEach(DrivenLoop::clockMoved);
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
    public IOLoop attach(DrivenLoop loop) {
        loops.add(loop);
        return loop;
    }
}
