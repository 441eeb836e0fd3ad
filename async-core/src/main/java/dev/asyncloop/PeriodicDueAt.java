package dev.asyncloop;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Times of day. Timers are monotonic and the clock may be set, so a long wait looks at it every minute.
 */
final class PeriodicDueAt implements PeriodicDue {

    private static final Duration LOOK_AT_CLOCK = Duration.ofMinutes(1);

    /** So many times that have passed are counted; more would keep the turn for too long. */
    private static final int MOST_COUNTED = 1_000;

    private final LoopClock clock;

    private final String text;

    private final PeriodicSchedule.NextTime times;

    /** Null before the start, and when there is no further time. */
    private @Nullable Instant due;

    PeriodicDueAt(LoopClock clock, String text, PeriodicSchedule.NextTime times) {
        this.clock = clock;
        this.text = text;
        this.times = times;
    }

    @Override
    public void begin() {
        due = after(clock.instant());
    }

    private @Nullable Instant after(Instant time) {
        Instant next = times.after(time);
        if (next != null && !next.isAfter(time)) {
            throw new IllegalStateException("The schedule '" + text + "' was asked for a time after " + time
                    + " and has returned " + next + "; it must be later");
        }
        return next;
    }

    @Override
    public long afterCall() {
        return due != null ? passOn(due, clock.instant()) : 0;
    }

    @Override
    public long catchUp() {
        Instant now = clock.instant();
        return due != null && !due.isAfter(now) ? passOn(due, now) + 1 : 0;
    }

    /** Goes on from a time to the first after it that is after now, too; a clock that was set back never leads back. */
    private long passOn(Instant from, Instant now) {
        long passed = 0;
        Instant next = after(from);
        while (next != null && !next.isAfter(now)) {
            passed++;
            next = after(passed < MOST_COUNTED ? next : now);
        }
        due = next;
        return passed;
    }

    @Override
    public boolean isOver() {
        return due == null;
    }

    @Override
    public boolean isPutOff() {
        return false;
    }

    @Override
    public Duration untilDue() {
        Duration rest = due != null ? Duration.between(clock.instant(), due) : LOOK_AT_CLOCK;
        return rest.compareTo(LOOK_AT_CLOCK) < 0 ? rest : LOOK_AT_CLOCK;
    }

    @Override
    public boolean isDue() {
        return due != null && !due.isAfter(clock.instant());
    }

    @Override
    public Instant time() {
        return due != null ? due : Instant.MAX;
    }
}
