package dev.asyncloop.sync;

import dev.asyncloop.HomeLoop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A lock that a coroutine keeps across its waits. Not re-entrant; first in, first out. Tornado's {@code Lock}.
 *
 * <pre>{@code
 * try (var held = lock.hold()) {
 *     Token token = await(http.fetch(tokenUrl)).body(Token.class);   // others run, but nobody else gets in here
 *     cache.put(user, token);
 * }
 * }</pre>
 *
 * <p>{@link #unlock} hands the lock to the first in line at once. So it is never free while somebody waits, and who comes
 * later can't overtake, with {@link #tryLock()} neither; the JDK's fair locks let that one barge.
 *
 * <p>Used by the coroutines of one loop, that of the first use; elsewhere everything but {@link #isLocked} and
 * {@link #toString} fails with {@link IllegalStateException}. A coroutine that ends without unlocking keeps it locked.
 */
public final class Lock {

    private final HomeLoop home = new HomeLoop();

    private final Waiters waiters = new Waiters();

    private boolean locked;

    /** A coroutine is one thread; {@code null} also while the next owner, to whom it was handed, waits for its turn. */
    private @Nullable Thread owner;

    /** Makes a lock that nobody holds. */
    public Lock() {}

    /**
     * Waits until this coroutine has the lock.
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled before it has the lock
     * @throws IllegalStateException if the coroutine has it already: it would wait for itself
     */
    public void lock() {
        home.checkpoint("Lock.lock");
        refuseOwner("lock");
        if (locked) {
            waiters.await(this);
        }
        take();
    }

    /** As {@link #lock}, for a {@code try} that unlocks at its end. */
    public Held hold() {
        lock();
        return new Held(this::unlock);
    }

    /** Takes the lock if it is free, which means that nobody waits for it. Never waits or gives way. */
    public boolean tryLock() {
        home.enter("Lock.tryLock");
        if (locked) {
            return false;
        }
        take();
        return true;
    }

    /**
     * Waits for the lock, but no longer than the limit. Where Tornado throws {@code TimeoutError}, this returns.
     * @param limit zero or less to have it now or not at all
     * @return whether this coroutine has the lock
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled before it has the lock
     * @throws IllegalStateException if the coroutine has it already
     */
    public boolean tryLock(Duration limit) {
        home.checkpoint("Lock.tryLock");
        refuseOwner("tryLock");
        if (locked && !waiters.await(this, limit)) {
            return false;
        }
        take();
        return true;
    }

    private void take() {
        locked = true;
        owner = Thread.currentThread();
    }

    private void refuseOwner(String operation) {
        if (owner == Thread.currentThread()) {
            throw new IllegalStateException("`Lock." + operation + "` was called by the coroutine that holds the lock"
                    + " and would wait for itself: the lock is not re-entrant; lock in the outer method only, and let"
                    + " the inner one rely on it");
        }
    }

    /**
     * Gives the lock to the first who waits, or leaves it free. Does not wait, also works in a cancelled coroutine.
     * @throws IllegalStateException if the lock is not locked, or not by this coroutine
     */
    public void unlock() {
        home.enter("Lock.unlock");
        if (owner != Thread.currentThread()) {
            throw new IllegalStateException("`Lock.unlock` was called "
                    + (locked ? "by a coroutine that does not hold the lock" : "on a lock that is not locked")
                    + "; unlock once for each `lock`, in the same coroutine, best with `try (var held = lock.hold())`");
        }
        owner = null;
        locked = waiters.wakeFirst();
    }

    /** Returns whether somebody has the lock. Any thread; outside of the loop an estimate. */
    public boolean isLocked() {
        return locked;
    }

    @Override
    public String toString() {
        Thread owner = this.owner;
        return "Lock[" + (locked ? "locked" : "free") + (owner != null ? " by " + owner.getName() : "") + ", "
                + waiters.size() + " waiting]";
    }
}
