package dev.asyncloop;

import java.time.Instant;

/**
 * Where an {@link IOLoop} gets its time from. Tests give it {@code dev.asyncloop.testing.ManualClock}. Any thread.
 */
public interface LoopClock {

    /** Returns a monotonic time in nanoseconds, of which only differences mean something. */
    long nanoTime();

    /** Returns the time of day, for {@link IOLoop#callAt}. */
    Instant instant();

    /** Returns whether this clock goes on by itself, so that a loop may sleep until a deadline. */
    default boolean ticks() {
        return true;
    }

    /** Sets what to call after each move of a clock that is moved by hand. A clock that ticks need not call it. */
    default void onMove(Runnable listener) {}

    /** Returns the system's clock. */
    static LoopClock system() {
        return SystemClock.INSTANCE;
    }
}
