package dev.asyncloop;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How often a {@link PeriodicCallback} runs; immutable. Start from {@link #every} or {@link #delay} and replace what
 * differs.
 *
 * <p>Without an initial delay the first call comes one full period after the start. Without jitter every period is the
 * same.
 */
public final class PeriodicSchedule {

    private final Duration period;

    private final boolean grid;

    private final @Nullable Duration initialDelay;

    private final double jitter;

    private final DoubleSupplier random;

    private PeriodicSchedule(
            Duration period, boolean grid, @Nullable Duration initialDelay, double jitter, DoubleSupplier random) {
        this.period = period;
        this.grid = grid;
        this.initialDelay = initialDelay;
        this.jitter = jitter;
        this.random = random;
    }

    /**
     * Returns a schedule on a fixed grid: periods count from start to start, and a call that takes too long skips whole
     * periods, as Tornado's {@code callback_time} does.
     * @throws IllegalArgumentException if the period is zero or negative
     */
    public static PeriodicSchedule every(Duration period) {
        return of("period", period, true);
    }

    /**
     * Returns a schedule with a fixed delay: from the end of a call, what it awaited included, to the start of the next.
     * @throws IllegalArgumentException if the delay is zero or negative
     */
    public static PeriodicSchedule delay(Duration delay) {
        return of("delay", delay, false);
    }

    private static PeriodicSchedule of(String what, Duration period, boolean grid) {
        if (!period.isPositive()) {
            throw new IllegalArgumentException("A periodic callback must have a positive " + what + ", but was given "
                    + period + "; to run something as often as possible, loop in a coroutine around `Async.yieldNow`");
        }
        return new PeriodicSchedule(
                period, grid, null, 0, () -> ThreadLocalRandom.current().nextDouble());
    }

    /**
     * Returns this schedule with another time from the start to the first call; zero is at once. It has no jitter.
     * @throws IllegalArgumentException if the delay is negative
     */
    public PeriodicSchedule withInitialDelay(Duration initialDelay) {
        if (initialDelay.isNegative()) {
            throw new IllegalArgumentException("The initial delay of a periodic callback must not be negative, but was "
                    + initialDelay + "; zero makes the first call at once");
        }
        return new PeriodicSchedule(period, grid, initialDelay, jitter, random);
    }

    /**
     * Returns this schedule with another jitter: each period is drawn anew from a window that is centred on the given
     * one, and has this part of it as its width. With 0.1, ten seconds become 9.5 to 10.5. Tornado's {@code jitter}.
     * @param jitter from 0, the default, to 1
     * @throws IllegalArgumentException outside of that range
     */
    public PeriodicSchedule withJitter(double jitter) {
        return withJitter(jitter, random);
    }

    /**
     * As {@link #withJitter(double)}, with another source of random numbers from 0 to 1; for tests.
     */
    public PeriodicSchedule withJitter(double jitter, DoubleSupplier random) {
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("The jitter of a periodic callback must be from 0 to 1, but was "
                    + jitter + "; it is the part of the period within which the next one is drawn");
        }
        return new PeriodicSchedule(period, grid, initialDelay, jitter, random);
    }

    /** Returns the period of the grid, or the delay between two calls. */
    public Duration period() {
        return period;
    }

    /** Returns whether periods count from start to start, and not from end to start. */
    public boolean isGrid() {
        return grid;
    }

    /** Returns the time from the start to the first call, if it is not one period. */
    public @Nullable Duration initialDelay() {
        return initialDelay;
    }

    /** Returns the part of the period within which the next one is drawn. */
    public double jitter() {
        return jitter;
    }

    /** Draws a period, in nanoseconds. */
    long drawPeriod() {
        return PeriodicArithmetic.jittered(Durations.nanos(period), jitter, random.getAsDouble());
    }

    @Override
    public String toString() {
        return (grid ? "every " : "delay ")
                + period
                + (initialDelay != null ? ", initial delay " + initialDelay : "")
                + (jitter != 0 ? ", jitter " + jitter : "");
    }
}
