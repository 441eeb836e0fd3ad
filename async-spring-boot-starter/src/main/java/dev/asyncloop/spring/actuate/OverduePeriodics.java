package dev.asyncloop.spring.actuate;

import dev.asyncloop.LoopClock;
import dev.asyncloop.PeriodicCallback;
import dev.asyncloop.PeriodicStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * Finds the periodic callbacks that have been due for too long, or have run for too long. Does not wait for the loop. Any
 * thread.
 */
public final class OverduePeriodics {

    private final Supplier<? extends Collection<PeriodicCallback>> callbacks;

    private final LoopClock clock;

    private final Duration limit;

    /**
     * Makes one.
     * @param clock by which they are due
     * @param limit for how long they may be due, or run
     */
    public OverduePeriodics(
            Supplier<? extends Collection<PeriodicCallback>> callbacks, LoopClock clock, Duration limit) {
        this.callbacks = callbacks;
        this.clock = clock;
        this.limit = limit;
    }

    /** Returns those that are late now. */
    public List<OverduePeriodic> now() {
        Instant latest = clock.instant().minus(limit);
        List<OverduePeriodic> late = new ArrayList<>();
        for (PeriodicCallback callback : callbacks.get()) {
            PeriodicStatus status = callback.status();
            Instant due = status.state() == PeriodicStatus.State.SCHEDULED ? status.next() : null;
            Instant runningSince = status.runningSince();
            if (due != null && due.isBefore(latest)) {
                late.add(new OverduePeriodic(callback.name(), due, null));
            } else if (runningSince != null && runningSince.isBefore(latest)) {
                late.add(new OverduePeriodic(callback.name(), null, runningSince));
            }
        }
        return List.copyOf(late);
    }
}
