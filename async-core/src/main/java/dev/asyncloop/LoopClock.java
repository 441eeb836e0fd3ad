package dev.asyncloop;

import java.time.Instant;

/**
 * Where an {@link IOLoop} gets its time from. Tests give it {@code dev.asyncloop.testing.ManualClock}, or use a
 * {@code VirtualTimeLoop}. Any thread.
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

    /**
     * Returns whether this clock is moved whenever its loop has nothing else to do. Such a loop uses Java's NIO, where it
     * can count its channels.
     */
    default boolean jumps() {
        return false;
    }

    /**
     * Tells that an answer is on its way in real time, however this clock goes: that of a server, of a WebSocket that was
     * pinged, of code that knows no loop. A clock that is moved by hand may give it time to come.
     * @param what it is, in its {@code toString}
     * @return to be run when it has come, or nobody waits for it any more; more than once does no harm
     */
    default Runnable expect(Object what) {
        return () -> {};
    }

    /**
     * Called once by a new loop, so that a clock that does not tick can tell it of each move.
     * @return the loop as its users are to see it
     */
    default IOLoop attach(DrivenLoop loop) {
        return loop;
    }

    /** Returns the system's clock. */
    static LoopClock system() {
        return SystemClock.INSTANCE;
    }
}
