package dev.asyncloop.internal.carrier;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides whether a thread may sleep and who has to wake it: the wake-up protocol of the carriers.
 *
 * <pre>
 *                 idle()                    close()
 *        AWAKE ────────────▶ IDLE   AWAKE ────────────▶ CLOSED ◀──────────┐
 *          ▲                  │                            │              │ close()
 *          └──────────────────┘                            └────────────▶ LATE
 *            awake() or signal(), which                      signal(), which
 *            wakes the sleeper                               runs the late drain
 * </pre>
 *
 * Who brings work puts it where the sleeper will look, and then calls {@link #signal}. The sleeper calls
 * {@link #idle}, then looks for work <em>again</em>, and sleeps only if there is none and {@link #maySleep} still says so.
 * Each side writes first and looks afterwards, and all four accesses are volatile, so one of them sees the other: either
 * the sleeper finds the work, or the bringer finds {@code IDLE} and wakes it. Of many bringers only the first, whose
 * compare-and-set succeeds, pays for the wake-up. Without the second look a wake-up is lost sooner or later
 * ({@code SleepGateStressTest} shows both).
 *
 * <p>The same game is played once more at the end: a carrier that leaves publishes {@code CLOSED} and looks again. Who
 * brings work after that starts one drain elsewhere ({@code LATE}), which publishes {@code CLOSED} when it is done and
 * looks again. So no work is ever lost, and it is never drained by two at once.
 */
final class SleepGate {

    private static final int AWAKE = 0;
    private static final int IDLE = 1;
    private static final int CLOSED = 2;
    private static final int LATE = 3;

    private final AtomicInteger state = new AtomicInteger(AWAKE);

    private final Runnable wake;

    private final Runnable drainLate;

    /**
     * Makes an open gate whose sleeper is awake.
     * @param wake ends the sleeper's sleep, or the next one it tries; any thread
     * @param drainLate lets the remaining work be done after the sleeper has left, ending with {@link #reclose}
     */
    SleepGate(Runnable wake, Runnable drainLate) {
        this.wake = wake;
        this.drainLate = drainLate;
    }

    /** Announces a sleep; look for work again after this. Only by the sleeper. */
    void idle() {
        state.set(IDLE);
    }

    /** Returns whether nobody has signalled since {@link #idle}. */
    boolean maySleep() {
        return state.get() == IDLE;
    }

    /** Ends the sleep. Only by the sleeper. */
    void awake() {
        state.set(AWAKE);
    }

    /** Tells that there is work. Call it after the work was put in place. Any thread; cheap while the sleeper is awake. */
    void signal() {
        int seen = state.get();
        if (seen == IDLE) {
            if (state.compareAndSet(IDLE, AWAKE)) {
                wake.run();
            }
        } else if (seen == CLOSED && state.compareAndSet(CLOSED, LATE)) {
            startLateDrain();
        }
    }

    private void startLateDrain() {
        try {
            drainLate.run();
        } catch (Throwable ex) { // no memory for a thread, for example: the next signal tries again
            state.set(CLOSED);
            throw ex;
        }
    }

    /**
     * Leaves for good, or ends a late drain. Look for work again after this, and if there is some, call {@link #signal}.
     */
    void close() {
        state.set(CLOSED);
    }
}
