package dev.asyncloop.sync;

import dev.asyncloop.HomeLoop;
import java.time.Duration;

/**
 * A flag that coroutines wait for: unset at first, then set for all who wait and all who come, until it is cleared.
 * Tornado's {@code Event}.
 *
 * <p>Who was woken by {@link #set} stays woken even if the event is cleared before it has its turn.
 *
 * <p>Used by the coroutines of one loop, that of the first use; elsewhere everything but {@link #isSet} and
 * {@link #toString} fails with {@link IllegalStateException}.
 */
public final class Event {

    private final HomeLoop home = new HomeLoop();

    private final Waiters waiters = new Waiters();

    private boolean set;

    /** Makes an event that is not set. */
    public Event() {}

    /** Sets the event and wakes all who wait. Idempotent; does not wait, also works in a cancelled coroutine. */
    public void set() {
        home.enter("Event.set");
        set = true;
        waiters.wakeAll();
    }

    /** Has those who come from now on wait again. Does not wait. */
    public void clear() {
        home.enter("Event.clear");
        set = false;
    }

    /** Returns whether the event is set. Any thread; outside of the loop an estimate. */
    public boolean isSet() {
        return set;
    }

    /**
     * Waits until the event is set; at once if it is.
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled before
     */
    public void await() {
        home.checkpoint("Event.await");
        if (!set) {
            waiters.await(this);
        }
    }

    /**
     * Waits until the event is set, but no longer than the limit. Where Tornado throws {@code TimeoutError}, this returns.
     * @param limit zero or less to look at it only
     * @return whether it was set before the limit had passed
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled before
     */
    public boolean await(Duration limit) {
        home.checkpoint("Event.await");
        return set || waiters.await(this, limit);
    }

    @Override
    public String toString() {
        return "Event[" + (set ? "set" : "not set") + ", " + waiters.size() + " waiting]";
    }
}
