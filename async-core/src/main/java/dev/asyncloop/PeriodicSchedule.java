package dev.asyncloop;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How often a {@link PeriodicCallback} runs, and for how long; immutable. Start from {@link #every}, {@link #delay} or
 * {@link #at} and replace what differs.
 *
 * <p>Without an initial delay the first call comes one full period after the start. Without jitter every period is the
 * same. Without a timeout a call may take as long as it likes.
 */
public final class PeriodicSchedule {

    /**
     * Times of day, a cron expression for example: says which comes next.
     */
    @FunctionalInterface
    public interface NextTime {

        /**
         * Returns the first time that is later than this one, or null if there is none any more. Called by who has the
         * turn, or by who calls {@link PeriodicCallback#start}; must not wait.
         */
        @Nullable
        Instant after(Instant time);
    }

    /** What the times are reckoned from. */
    private enum Kind {
        EVERY,
        DELAY,
        AT
    }

    private final Kind kind;

    /** Zero for times of day. */
    private final Duration period;

    private final NextTime times;

    private final String text;

    private final @Nullable Duration initialDelay;

    private final double jitter;

    private final DoubleSupplier random;

    private final @Nullable Duration timeout;

    private PeriodicSchedule(
            Kind kind,
            Duration period,
            NextTime times,
            String text,
            @Nullable Duration initialDelay,
            double jitter,
            DoubleSupplier random,
            @Nullable Duration timeout) {
        this.kind = kind;
        this.period = period;
        this.times = times;
        this.text = text;
        this.initialDelay = initialDelay;
        this.jitter = jitter;
        this.random = random;
        this.timeout = timeout;
    }

    /**
     * Returns a schedule on a fixed grid: periods count from start to start, and a call that takes too long skips whole
     * periods, as Tornado's {@code callback_time} does.
     * @throws IllegalArgumentException if the period is zero or negative
     */
    public static PeriodicSchedule every(Duration period) {
        return of(Kind.EVERY, "period", period);
    }

    /**
     * Returns a schedule with a fixed delay: from the end of a call, what it awaited included, to the start of the next.
     * @throws IllegalArgumentException if the delay is zero or negative
     */
    public static PeriodicSchedule delay(Duration delay) {
        return of(Kind.DELAY, "delay", delay);
    }

    private static PeriodicSchedule of(Kind kind, String what, Duration period) {
        if (!period.isPositive()) {
            throw new IllegalArgumentException("A periodic callback must have a positive " + what + ", but was given "
                    + period + "; to run something as often as possible, loop in a coroutine around `Async.yieldNow`");
        }
        return new PeriodicSchedule(
                kind,
                period,
                time -> null,
                (kind == Kind.EVERY ? "every " : "delay ") + period,
                null,
                0,
                () -> ThreadLocalRandom.current().nextDouble(),
                null);
    }

    /**
     * Returns a schedule at times of day, by {@link LoopClock#instant()}. It has neither initial delay nor jitter. No time
     * comes early and none comes twice, also if the clock is set back: then nothing comes until it has caught up, as in
     * Tornado. A clock that is set forward, or a machine that slept, is noticed within a minute; of the times that passed
     * meanwhile only one is called, the others count as skipped.
     * @param text what the schedule is called in messages, such as {@code cron 0 0 * * * *}
     */
    public static PeriodicSchedule at(String text, NextTime times) {
        return new PeriodicSchedule(Kind.AT, Duration.ZERO, times, text, null, 0, () -> 0, null);
    }

    /**
     * Returns this schedule with another time from the start to the first call; zero is at once. It has no jitter.
     * @throws IllegalArgumentException if the delay is negative, or the schedule one of times of day
     */
    public PeriodicSchedule withInitialDelay(Duration initialDelay) {
        requirePeriod("an initial delay");
        if (initialDelay.isNegative()) {
            throw new IllegalArgumentException("The initial delay of a periodic callback must not be negative, but was "
                    + initialDelay + "; zero makes the first call at once");
        }
        return new PeriodicSchedule(kind, period, times, text, initialDelay, jitter, random, timeout);
    }

    /**
     * Returns this schedule with another jitter: each period is drawn anew from a window that is centred on the given
     * one, and has this part of it as its width. With 0.1, ten seconds become 9.5 to 10.5. Tornado's {@code jitter}.
     * @param jitter from 0, the default, to 1
     * @throws IllegalArgumentException outside of that range, or if the schedule is one of times of day
     */
    public PeriodicSchedule withJitter(double jitter) {
        return withJitter(jitter, random);
    }

    /**
     * As {@link #withJitter(double)}, with another source of random numbers from 0 to 1; for tests.
     */
    public PeriodicSchedule withJitter(double jitter, DoubleSupplier random) {
        requirePeriod("jitter");
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("The jitter of a periodic callback must be from 0 to 1, but was "
                    + jitter + "; it is the part of the period within which the next one is drawn");
        }
        return new PeriodicSchedule(kind, period, times, text, initialDelay, jitter, random, timeout);
    }

    private void requirePeriod(String what) {
        if (kind == Kind.AT) {
            throw new IllegalArgumentException("A schedule of times of day (" + text + ") has no period, so it can't have "
                    + what + "; leave it out, or use `every` or `delay`");
        }
    }

    /**
     * Returns this schedule with a limit for each call. When it passes, the call is cancelled as by
     * {@link Async#withTimeout}, what it started too; that counts as a failure, and the schedule goes on. None by default.
     * @throws IllegalArgumentException if it is zero or negative
     */
    public PeriodicSchedule withTimeout(Duration timeout) {
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("The timeout of a periodic callback must be positive, but was " + timeout
                    + "; leave it out if a call may take as long as it likes");
        }
        return new PeriodicSchedule(kind, period, times, text, initialDelay, jitter, random, timeout);
    }

    /** Returns the period of the grid, or the delay between two calls; null if there are times of day. */
    public @Nullable Duration period() {
        return kind == Kind.AT ? null : period;
    }

    /** Returns whether periods count from start to start: not from end to start, and no times of day. */
    public boolean isGrid() {
        return kind == Kind.EVERY;
    }

    /** Returns the time from the start to the first call, if it is not one period. */
    public @Nullable Duration initialDelay() {
        return initialDelay;
    }

    /** Returns the part of the period within which the next one is drawn. */
    public double jitter() {
        return jitter;
    }

    /** Returns how long a call may take, if that is limited. */
    public @Nullable Duration timeout() {
        return timeout;
    }

    /** Draws a period, in nanoseconds. */
    long drawPeriod() {
        return PeriodicArithmetic.jittered(Durations.nanos(period), jitter, random.getAsDouble());
    }

    /** Makes what reckons the times of one callback. */
    PeriodicDue due(LoopClock clock) {
        return kind == Kind.AT ? new PeriodicDueAt(clock, text, times) : new PeriodicDueAfter(clock, this);
    }

    @Override
    public String toString() {
        return text
                + (initialDelay != null ? ", initial delay " + initialDelay : "")
                + (jitter != 0 ? ", jitter " + jitter : "")
                + (timeout != null ? ", timeout " + timeout : "");
    }
}
