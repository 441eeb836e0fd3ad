package dev.asyncloop;

/**
 * A callback that waits for its time, as returned by {@link IOLoop#callLater} and {@link IOLoop#callAt}. Tornado's
 * opaque timeout handle.
 */
public interface TimerHandle {

    /**
     * Takes the callback back. Idempotent, and legal after the timer fired; a timer that is due but whose callback has
     * not begun yet can still be cancelled. Any thread. Tornado's {@code remove_timeout}.
     * @return whether this call has kept the callback from running
     */
    boolean cancel();
}
