package dev.asyncloop;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link PeriodicCallback} stands at one moment; immutable.
 *
 * @param state what it does
 * @param paused whether times of the schedule pass without a call; also while it is stopped or runs
 * @param next when the next call is due, by {@link LoopClock#instant()}: in the past if the loop is held up; null if none is, or
 *     if that depends on when the one that runs will end
 * @param runningSince when the call that runs has begun; null if none does
 * @param runs how often the body has begun
 * @param failures how often it has failed or timed out
 * @param skipped how many times of the schedule passed without a call, or with one that was {@linkplain PeriodicSkippedException
 *     skipped}; not those that pass while it is paused
 * @param last the call that has ended last
 * @param lastFailure the one of them that has failed or timed out last
 * @param history the calls that have ended last, the latest first, {@link PeriodicCallback#HISTORY} at most
 */
public record PeriodicStatus(
        State state,
        boolean paused,
        @Nullable Instant next,
        @Nullable Instant runningSince,
        long runs,
        long failures,
        long skipped,
        @Nullable PeriodicRun last,
        @Nullable PeriodicRun lastFailure,
        List<PeriodicRun> history) {

    /** What a callback does. */
    public enum State {

        /** Waits for the next time of its schedule. */
        SCHEDULED,

        /** A call runs, perhaps still one from before a stop or a pause. */
        RUNNING,

        /** Lets the times of its schedule pass. */
        PAUSED,

        /** Has not been started, or was stopped, by hand or by the end of the loop; or its schedule has no further time. */
        STOPPED
    }
}
