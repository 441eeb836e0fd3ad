package dev.asyncloop;

import java.time.Duration;

/** What {@link Duration} lacks. */
final class Durations {

    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private Durations() {}

    /** Returns the nanoseconds, or the most a {@code long} holds (292 years). */
    static long nanos(Duration duration) {
        return duration.compareTo(LONGEST) >= 0 ? Long.MAX_VALUE : duration.isNegative() ? 0 : duration.toNanos();
    }
}
