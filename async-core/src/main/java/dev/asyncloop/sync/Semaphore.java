package dev.asyncloop.sync;

import dev.asyncloop.HomeLoop;
import java.time.Duration;

/**
 * So many permits, and a line of coroutines that wait for one: first in, first out. Tornado's {@code Semaphore} and
 * {@code BoundedSemaphore}.
 *
 * <pre>{@code
 * try (var permit = atMostTen.hold()) {
 *     return await(http.fetch(url));
 * }
 * }</pre>
 *
 * <p>{@link #release} hands the permit to the first in line at once. So none is free while somebody waits, and who comes
 * later can't overtake, with {@link #tryAcquire()} neither; the JDK's fair semaphore lets that one barge.
 *
 * <p>Used by the coroutines of one loop, that of the first use; elsewhere everything but {@link #availablePermits} and
 * {@link #toString} fails with {@link IllegalStateException}. A permit has no owner: any coroutine may release it.
 */
public final class Semaphore {

    private final HomeLoop home = new HomeLoop();

    private final Waiters waiters = new Waiters();

    private final int most;

    /** Above zero only while nobody waits. */
    private int permits;

    /**
     * Makes a semaphore; releasing may raise the number of permits.
     * @param permits those that are free at first
     * @throws IllegalArgumentException if that is negative
     */
    public Semaphore(int permits) {
        this(permits, Integer.MAX_VALUE);
    }

    private Semaphore(int permits, int most) {
        if (permits < 0) {
            throw new IllegalArgumentException(
                    "A semaphore can't have " + permits + " permits; begin with zero or more");
        }
        this.permits = permits;
        this.most = most;
    }

    /**
     * Makes a semaphore that refuses a {@link #release} too many. Tornado's {@code BoundedSemaphore}.
     * @param permits all that there ever are, free at first
     * @throws IllegalArgumentException if that is negative
     */
    public static Semaphore bounded(int permits) {
        return new Semaphore(permits, permits);
    }

    /**
     * Waits for a permit.
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled before it has one
     */
    public void acquire() {
        home.checkpoint("Semaphore.acquire");
        if (permits > 0) {
            permits--;
        } else {
            waiters.await(this);
        }
    }

    /** As {@link #acquire}, for a {@code try} that releases at its end. */
    public Held hold() {
        acquire();
        return new Held(this::release);
    }

    /** Takes a permit if one is free, which means that nobody waits for it. Never waits or gives way. */
    public boolean tryAcquire() {
        home.enter("Semaphore.tryAcquire");
        if (permits == 0) {
            return false;
        }
        permits--;
        return true;
    }

    /**
     * Waits for a permit, but no longer than the limit. Where Tornado throws {@code TimeoutError}, this returns.
     * @param limit zero or less to have one now or not at all
     * @return whether the caller has a permit
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled before it has one
     */
    public boolean tryAcquire(Duration limit) {
        home.checkpoint("Semaphore.tryAcquire");
        if (permits > 0) {
            permits--;
            return true;
        }
        return waiters.await(this, limit);
    }

    /**
     * Gives a permit to the first who waits, or leaves it free. Does not wait, also works in a cancelled coroutine.
     * @throws IllegalStateException if there would be more permits than {@link #bounded} allows
     */
    public void release() {
        home.enter("Semaphore.release");
        if (permits == most) {
            throw new IllegalStateException("`Semaphore.release` was called too many times: all " + most
                    + " permits are free; release once for each `acquire`, best with `try (var permit = s.hold())`");
        }
        if (!waiters.wakeFirst()) {
            permits++;
        }
    }

    /** Returns how many permits are free. Any thread; outside of the loop an estimate. */
    public int availablePermits() {
        return permits;
    }

    @Override
    public String toString() {
        return "Semaphore[" + permits + " free, " + waiters.size() + " waiting]";
    }
}
