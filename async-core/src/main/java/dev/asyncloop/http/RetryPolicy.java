package dev.asyncloop.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which failures of a fetch are retried, how often and when; immutable. Start from {@link #defaults()} and replace what
 * differs. Tornado has no counterpart.
 *
 * <p>Retried are connections that were not made, whatever the method, for then nothing was sent (unless it was a redirect that
 * led there: then the first server may have done its part); and, for methods that may
 * be repeated ({@code GET}, {@code HEAD}, {@code OPTIONS}, {@code PUT}, {@code DELETE}), connections that broke, attempts
 * that took too long, and the {@code statuses}. Not retried are failures that would come again: of TLS, of an address that
 * is not allowed, of what is no valid HTTP, of a limit. A body that can't be sent twice is not sent twice.
 *
 * <p>All attempts and the delays between them are within the fetch's {@code timeout}; a delay that would not end before it
 * is not begun. While a fetch is delayed it has no slot.
 *
 * @param maxAttempts most attempts, the first included
 * @param delay delay before the second attempt
 * @param factor by which each further delay is longer than the one before
 * @param maxDelay longest of these delays
 * @param jitter part of a delay, from 0 to 1, that is drawn at random: with 0.5 a delay of 100 ms is from 50 to 100 ms
 * @param statuses the statuses that are retried
 * @param maxRetryAfter longest delay that a response may ask for with {@code Retry-After}; after a response that asks for
 *     more there is no further attempt
 * @param attemptTimeout limit for one attempt, waiting in line included; without one only the fetch has a limit
 * @param anyMethod whether all methods may be repeated
 * @param random source of numbers from 0 to 1; for tests
 */
public record RetryPolicy(
        int maxAttempts,
        Duration delay,
        double factor,
        Duration maxDelay,
        double jitter,
        Set<Integer> statuses,
        Duration maxRetryAfter,
        @Nullable Duration attemptTimeout,
        boolean anyMethod,
        DoubleSupplier random) {

    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE");

    private static final RetryPolicy DEFAULTS = new RetryPolicy(
            3,
            Duration.ofMillis(100),
            2,
            Duration.ofSeconds(5),
            0.5,
            Set.of(429, 502, 503, 504),
            Duration.ofSeconds(10),
            null,
            false,
            () -> ThreadLocalRandom.current().nextDouble());

    private static final RetryPolicy NONE = DEFAULTS.withMaxAttempts(1);

    public RetryPolicy {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException(
                    "maxAttempts must be positive, but was " + maxAttempts + "; the first attempt counts");
        }
        requireNotNegative("delay", delay);
        requireNotNegative("maxDelay", maxDelay);
        requireNotNegative("maxRetryAfter", maxRetryAfter);
        if (!(factor >= 1 && factor <= 100)) {
            throw new IllegalArgumentException("factor must be from 1 to 100, but was " + factor);
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("jitter must be from 0 to 1, but was " + jitter
                    + "; it is the part of a delay that is drawn at random");
        }
        if (attemptTimeout != null) {
            FetchRequest.requirePositive("attemptTimeout", attemptTimeout);
        }
        statuses = Set.copyOf(statuses);
    }

    private static void requireNotNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + " must not be negative, but was " + value);
        }
    }

    /** Returns a policy of three attempts, with delays of about 100 and 200 ms. */
    public static RetryPolicy defaults() {
        return DEFAULTS;
    }

    /** Returns the policy of one attempt: for a request that is not to be retried as its client's others are. */
    public static RetryPolicy none() {
        return NONE;
    }

    /** Returns this policy with another {@code maxAttempts}. */
    public RetryPolicy withMaxAttempts(int maxAttempts) {
        return edit(draft -> draft.maxAttempts = maxAttempts);
    }

    /** Returns this policy with other delays: the first, and the longest. */
    public RetryPolicy withDelay(Duration delay, Duration maxDelay) {
        return edit(draft -> {
            draft.delay = delay;
            draft.maxDelay = maxDelay;
        });
    }

    /** Returns this policy with another {@code factor}; with 1 all delays are the same. */
    public RetryPolicy withFactor(double factor) {
        return edit(draft -> draft.factor = factor);
    }

    /** Returns this policy with another {@code jitter}. */
    public RetryPolicy withJitter(double jitter) {
        return withJitter(jitter, random);
    }

    /** As {@link #withJitter(double)}, with another source of random numbers from 0 to 1; for tests. */
    public RetryPolicy withJitter(double jitter, DoubleSupplier random) {
        return edit(draft -> {
            draft.jitter = jitter;
            draft.random = random;
        });
    }

    /** Returns this policy with other {@code statuses}. */
    public RetryPolicy withStatuses(Set<Integer> statuses) {
        return edit(draft -> draft.statuses = statuses);
    }

    /** Returns this policy with another {@code maxRetryAfter}. */
    public RetryPolicy withMaxRetryAfter(Duration maxRetryAfter) {
        return edit(draft -> draft.maxRetryAfter = maxRetryAfter);
    }

    /** Returns this policy with another {@code attemptTimeout}. */
    public RetryPolicy withAttemptTimeout(@Nullable Duration attemptTimeout) {
        return edit(draft -> draft.attemptTimeout = attemptTimeout);
    }

    /** Returns this policy with another {@code anyMethod}. */
    public RetryPolicy withAnyMethod(boolean anyMethod) {
        return edit(draft -> draft.anyMethod = anyMethod);
    }

    private RetryPolicy edit(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.finish();
    }

    boolean mayRepeat(String method) {
        return anyMethod || IDEMPOTENT.contains(method);
    }

    /** Returns the delay after so many attempts. */
    Duration delayAfter(int attempts) {
        double longest = Math.min(nanos(delay) * Math.pow(factor, attempts - 1), nanos(maxDelay));
        return Duration.ofNanos(Math.round(longest * (1 - jitter * random.getAsDouble())));
    }

    /** A longest delay may well be one that is never reached, and have no whole number of nanoseconds. */
    private static double nanos(Duration duration) {
        return duration.getSeconds() * 1e9 + duration.getNano();
    }

    /** A copy that can be changed. */
    private static final class Draft {

        private int maxAttempts;

        private Duration delay;

        private double factor;

        private Duration maxDelay;

        private double jitter;

        private Set<Integer> statuses;

        private Duration maxRetryAfter;

        private @Nullable Duration attemptTimeout;

        private boolean anyMethod;

        private DoubleSupplier random;

        Draft(RetryPolicy policy) {
            this.maxAttempts = policy.maxAttempts;
            this.delay = policy.delay;
            this.factor = policy.factor;
            this.maxDelay = policy.maxDelay;
            this.jitter = policy.jitter;
            this.statuses = policy.statuses;
            this.maxRetryAfter = policy.maxRetryAfter;
            this.attemptTimeout = policy.attemptTimeout;
            this.anyMethod = policy.anyMethod;
            this.random = policy.random;
        }

        RetryPolicy finish() {
            return new RetryPolicy(
                    maxAttempts,
                    delay,
                    factor,
                    maxDelay,
                    jitter,
                    statuses,
                    maxRetryAfter,
                    attemptTimeout,
                    anyMethod,
                    random);
        }
    }
}
