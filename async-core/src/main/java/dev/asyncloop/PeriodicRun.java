package dev.asyncloop;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A call of a {@link PeriodicCallback} that has ended; immutable.
 *
 * @param start when it began, by {@link LoopClock#instant()}
 * @param duration how long it took, with all it awaited, by the loop's monotonic clock
 * @param outcome how it ended
 * @param error what it has failed with, as text of at most 500 characters; null unless it has failed or was cancelled or
 *     skipped
 * @param triggered whether it was started by {@link PeriodicCallback#trigger()}, out of schedule
 */
public record PeriodicRun(
        Instant start, Duration duration, Outcome outcome, @Nullable String error, boolean triggered) {

    /** How a call has ended. */
    public enum Outcome {

        /** The body has returned. */
        RETURNED,

        /** The body has thrown. */
        FAILED,

        /** The limit of {@link PeriodicSchedule#withTimeout} has passed. */
        TIMED_OUT,

        /** The call was cancelled from outside: by hand, or by the end of the loop. */
        CANCELLED,

        /** The body has thrown {@link PeriodicSkippedException}: there was nothing for it to do. */
        SKIPPED;

        /** Returns whether this is a failure: {@link #FAILED} and {@link #TIMED_OUT} are. */
        public boolean isFailure() {
            return this == FAILED || this == TIMED_OUT;
        }
    }
}
