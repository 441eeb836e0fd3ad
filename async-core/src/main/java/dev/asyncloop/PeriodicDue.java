package dev.asyncloop;

import java.time.Duration;
import java.time.Instant;

/** Which time of a {@link PeriodicCallback}'s schedule comes next. Guarded by the callback. */
sealed interface PeriodicDue permits PeriodicDueAfter, PeriodicDueAt {

    /** Begins with the first time from now. */
    void begin();

    /**
     * Goes on to the next time when the call that was due has ended.
     * @return how many times have passed without one
     */
    long afterCall();

    /**
     * Goes on to a time that is ahead, if nobody has called at the one that was due.
     * @return how many times have passed without a call, that one included
     */
    long catchUp();

    /** Returns whether there is no further time. */
    boolean isOver();

    /** Returns whether any call, also one out of schedule, puts off the next. */
    boolean isPutOff();

    /** Returns how long to wait before {@link #isDue} is worth asking. */
    Duration untilDue();

    /** Returns whether the time has come. */
    boolean isDue();

    /** Returns the time of day of the next call, reckoned now. */
    Instant time();
}
