package dev.asyncloop.internal.carrier;

import dev.asyncloop.internal.turn.Lender;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler of one virtual thread that lends its turn while it waits in the JDK.
 *
 * <pre>
 *              execute                slice begins
 *   STOPPED ────────────▶ SUBMITTED ────────────────▶ RUNNING ──execute──▶ RUNNING_ON
 *      ▲                      ▲                          │                     │
 *      └───── slice ends ─────┼──────────────────────────┘                     │
 *                             └──────────────── slice ends ────────────────────┘
 * </pre>
 *
 * <p>A slice that ends with the turn still held, and nobody has asked for another one, has ended in a wait of the JDK's.
 * Unless that is for a lock of the loop's own ({@link OwnLocks}), the turn is lent first, and {@code STOPPED} published afterwards. So who wakes the thread from then on sees that the turn
 * is lent, and who has woken it before has left {@code RUNNING_ON} behind. A submission that comes while another one has not
 * begun is dropped: one slice does for both. The JDK submits more often than it has to, when a stack is looked at for
 * example; such a slice does nothing, and ends like any other.
 */
final class LendingScheduler implements Executor {

    private enum State {
        STOPPED,
        SUBMITTED,
        RUNNING,
        RUNNING_ON
    }

    private final Lender lender;

    /** Has something run on the carrier, in its order. */
    private final Executor carrier;

    private final AtomicReference<State> state = new AtomicReference<>(State.STOPPED);

    /** Always the same object, once the thread has been started. */
    private volatile @Nullable Runnable continuation;

    /** Made here, so that there is no need for memory where a wake-up would be lost without. */
    private final Runnable slice = this::slice;

    private final Runnable backInTurn;

    LendingScheduler(Lender lender, Executor carrier) {
        this.lender = lender;
        this.carrier = carrier;
        this.backInTurn = () -> carrier.execute(slice);
    }

    /** Called by the JDK in any thread. Never throws, never blocks. */
    @Override
    public void execute(Runnable submitted) {
        Runnable own = continuation;
        if (own == null) {
            continuation = submitted; // the first start, before anybody else could see the thread
        } else if (own != submitted) {
            carrier.execute(submitted); // of a thread that was started inside
            return;
        }
        for (; ; ) {
            State seen = state.get();
            if (seen == State.STOPPED && state.compareAndSet(seen, State.SUBMITTED)) {
                submit();
                return;
            }
            if (seen == State.RUNNING && state.compareAndSet(seen, State.RUNNING_ON)
                    || seen == State.SUBMITTED
                    || seen == State.RUNNING_ON) {
                return;
            }
        }
    }

    private void submit() {
        if (lender.hasLent()) {
            lender.getBack(backInTurn);
        } else {
            carrier.execute(slice);
        }
    }

    private void slice() {
        state.set(State.RUNNING);
        Runnable own = continuation;
        try {
            if (own != null) {
                own.run();
            }
        } finally {
            stop();
        }
    }

    /** Whatever fails on the way: a state that stays {@code RUNNING} would swallow every wake-up from now on. */
    private void stop() {
        try {
            if (state.get() == State.RUNNING && lender.mayLend()) {
                lender.lend();
            }
        } finally {
            if (!state.compareAndSet(State.RUNNING, State.STOPPED)) {
                state.set(State.SUBMITTED);
                submit();
            }
        }
    }
}
