package dev.asyncloop.sync;

import dev.asyncloop.HomeLoop;
import java.time.Duration;

/**
 * Something that coroutines wait for until another one says that it has come about. Unlike the JDK's it has no lock, as
 * nobody runs between the look at the state and the wait; and it remembers nothing: a signal that nobody waits for is
 * gone. Tornado's {@code Condition}.
 *
 * <pre>{@code
 * while (stock == 0) {
 *     delivery.await();
 * }
 * stock--;
 * }</pre>
 *
 * <p>First in, first out. Who has timed out or was cancelled uses up no signal; who was signalled before returns normally,
 * also if cancelled since. A woken coroutine runs in a later turn: look at the state again, as above.
 *
 * <p>Used by the coroutines of one loop, that of the first use; elsewhere everything but {@link #toString} fails with
 * {@link IllegalStateException}.
 */
public final class Condition {

    private final HomeLoop home = new HomeLoop();

    private final Waiters waiters = new Waiters();

    /** Makes a condition that nobody waits for. */
    public Condition() {}

    /**
     * Waits for a signal. Tornado's {@code wait}.
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled before
     */
    public void await() {
        home.enter("Condition.await"); // no checkpoint: it may let others run between the caller's look and this wait
        waiters.await(this);
    }

    /**
     * Waits for a signal, but no longer than the limit.
     * @param limit zero or less never waits, and so never gets one
     * @return whether there was a signal
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled before
     */
    public boolean await(Duration limit) {
        if (limit.isPositive()) {
            home.enter("Condition.await"); // no checkpoint, as above
            return waiters.await(this, limit);
        }
        home.checkpoint("Condition.await");
        return false;
    }

    /** Wakes the first who waits. Does not wait, also works in a cancelled coroutine. Tornado's {@code notify}. */
    public void signal() {
        home.enter("Condition.signal");
        waiters.wakeFirst();
    }

    /**
     * Wakes the first so many who wait. Does not wait. Tornado's {@code notify(n)}.
     * @throws IllegalArgumentException if {@code count} is negative
     */
    public void signal(int count) {
        home.enter("Condition.signal");
        if (count < 0) {
            throw new IllegalArgumentException("`Condition.signal` can't wake " + count + "; give zero or more");
        }
        for (int i = 0; i < count && waiters.wakeFirst(); i++) {
            // the next one
        }
    }

    /** Wakes all who wait. Does not wait. Tornado's {@code notify_all}. */
    public void signalAll() {
        home.enter("Condition.signalAll");
        waiters.wakeAll();
    }

    @Override
    public String toString() {
        return "Condition[" + waiters.size() + " waiting]";
    }
}
