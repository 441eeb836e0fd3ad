package dev.asyncloop.internal.timer;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One timer. Holds what it is to set off, until it is due or cancelled: taking that out decides between the two.
 */
public final class Timer implements Comparable<Timer> {

    /** In nanoseconds since the loop's start, so that comparing needs no care for overflow. */
    final long deadline;

    final long sequence;

    /** What it is for, to be shown. */
    final Object subject;

    private final AtomicReference<@Nullable Runnable> due;

    private final Timers timers;

    Timer(Timers timers, long deadline, long sequence, Object subject, Runnable due) {
        this.timers = timers;
        this.deadline = deadline;
        this.sequence = sequence;
        this.subject = subject;
        this.due = new AtomicReference<>(due);
    }

    /**
     * Takes the timer back. Any thread, idempotent.
     * @return whether it had not been set off yet
     */
    public boolean cancel() {
        boolean taken = take() != null;
        if (taken) {
            timers.cancelled();
        }
        return taken;
    }

    @Nullable
    Runnable take() {
        return due.getAndSet(null);
    }

    boolean isSpent() {
        return due.get() == null;
    }

    @Override
    public int compareTo(Timer other) {
        int byDeadline = Long.compare(deadline, other.deadline);
        return byDeadline != 0 ? byDeadline : Long.compare(sequence, other.sequence);
    }
}
