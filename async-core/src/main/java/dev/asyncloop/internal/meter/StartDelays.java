package dev.asyncloop.internal.meter;

import java.util.function.LongSupplier;

/**
 * How long coroutines stand in line before their first turn. A look at the clock would cost a short callback a tenth of its
 * time, so of many only every 16th is looked at. Told by who has the turn.
 */
public final class StartDelays {

    /** So many are looked at, each, after a while without a look at all. */
    private static final int ALL = 32;

    private static final int EVERY = 16;

    private static final long WHILE_NANOS = 1_000_000_000;

    private final LongSupplier clock;

    private final Lateness lateness;

    private int count;

    private long since;

    /**
     * Makes one.
     * @param clock monotonic nanoseconds
     * @param lateness where the delays go
     */
    public StartDelays(LongSupplier clock, Lateness lateness) {
        this.clock = clock;
        this.lateness = lateness;
        this.since = clock.getAsLong();
    }

    /**
     * Notes that a coroutine has its first turn.
     * @param startedAt what the clock showed when it was started
     */
    public void begins(long startedAt) {
        int number = ++count;
        if (number <= ALL) {
            note(startedAt, 1);
        } else if (number % EVERY == 0) {
            note(startedAt, EVERY);
        }
    }

    private void note(long startedAt, int times) {
        long now = clock.getAsLong();
        lateness.note(now, Math.max(0, now - startedAt), times);
        if (now - since > WHILE_NANOS) {
            since = now;
            count = 0;
        }
    }
}
