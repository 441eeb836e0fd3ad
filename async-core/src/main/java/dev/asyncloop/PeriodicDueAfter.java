package dev.asyncloop;

import java.time.Duration;
import java.time.Instant;

/** Times after periods, on a grid or from end to start, by the loop's monotonic clock. */
final class PeriodicDueAfter implements PeriodicDue {

    private final LoopClock clock;

    private final PeriodicSchedule schedule;

    /** Times count from here, in nanoseconds. */
    private final long origin;

    private long due;

    PeriodicDueAfter(LoopClock clock, PeriodicSchedule schedule) {
        this.clock = clock;
        this.schedule = schedule;
        this.origin = clock.nanoTime();
    }

    private long now() {
        return clock.nanoTime() - origin;
    }

    @Override
    public void begin() {
        Duration initialDelay = schedule.initialDelay();
        long first = initialDelay != null ? Durations.nanos(initialDelay) : schedule.drawPeriod();
        due = PeriodicArithmetic.next(now(), 1, first);
    }

    @Override
    public long afterCall() {
        long now = now();
        long period = schedule.drawPeriod();
        if (!schedule.isGrid()) {
            due = PeriodicArithmetic.next(now, 1, period);
            return 0;
        }
        long periods = PeriodicArithmetic.periods(due, now, period);
        due = PeriodicArithmetic.next(due, periods, period);
        return periods - 1;
    }

    @Override
    public long catchUp() {
        if (due > now()) {
            return 0;
        }
        return afterCall() + (schedule.isGrid() ? 1 : 0);
    }

    @Override
    public boolean isOver() {
        return false;
    }

    @Override
    public boolean isPutOff() {
        return !schedule.isGrid();
    }

    @Override
    public Duration untilDue() {
        return Duration.ofNanos(due - now());
    }

    @Override
    public boolean isDue() {
        return true; // timers are never early
    }

    @Override
    public Instant time() {
        return clock.instant().plus(untilDue());
    }
}
