package dev.asyncloop;

import dev.asyncloop.internal.carrier.OwnLocks;
import dev.asyncloop.internal.turn.Lender;
import dev.asyncloop.internal.turn.Successor;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * What a coroutine that gives way in any wait does while it waits in the JDK: it lends its turn, and is interrupted there by a
 * cancellation that it does not know of yet. Once for each, so that nothing disturbs its clean-up.
 *
 * <p>It also stands in line to get the turn back, which happens once for each time that it was lent: so there is no need for
 * memory where a wake-up would be lost without.
 */
final class Lending implements Lender, Successor {

    private final Coroutine<?> coroutine;

    /** Held by who interrupts, and by the coroutine where an interrupt must not arrive any more. */
    private final Object monitor;

    private volatile boolean lent;

    /** Whether the wait for which the turn is lent lasts. */
    private volatile boolean waits;

    /** So often it was said that the turn is kept. Touched by the coroutine; looked at only while that does not run. */
    private int kept;

    /** What lets the thread go on when the turn is back. Written before this stands in line. */
    private @Nullable Runnable go;

    /** The cancellation that the coroutine knows of last, by an exception or an interrupt. */
    private volatile @Nullable CancellationException told;

    /** The cancellation that has interrupted a wait, until that is met. Guarded by {@link #monitor}. */
    private @Nullable CancellationException interruptedFor;

    Lending(Coroutine<?> coroutine, Object monitor) {
        this.coroutine = coroutine;
        this.monitor = monitor;
    }

    // ---- the turn

    @Override
    public boolean mayLend() {
        Thread thread = coroutine.thread();
        return coroutine.hasTurn() && kept == 0 && thread != null && !OwnLocks.isStoppedAtOne(thread);
    }

    /** As {@link Coroutine#keepTurn}. */
    void keep(boolean begins) {
        kept += begins ? 1 : -1;
    }

    Coroutine<?> coroutine() {
        return coroutine;
    }

    /** Returns whether it waits in the JDK with the turn lent, and nothing has ended that. Any thread. */
    boolean isWaiting() {
        return waits;
    }

    /**
     * Called in the carrier's thread. That must not hand the turn on itself: it may come to a lock whose owner it would have
     * to carry.
     */
    @Override
    public void lend() {
        DefaultIOLoop loop = coroutine.loop();
        loop.idleness().leave(); // such a wait takes real time
        loop.blocks(true);
        waits = true;
        lent = true;
        coroutine.hasTurn(false);
        try {
            loop.inThreadOfItsOwn(this::handOn);
        } catch (Throwable ex) { // no memory for a thread
            loop.turn().pass();
        }
    }

    /** A cancellation that came while the coroutine ran interrupts the wait for which it has lent its turn. */
    private void handOn() {
        try {
            CancellationException cancelled = coroutine.scope().pending();
            if (cancelled != null && told != cancelled) {
                coroutine.reach(false);
            }
        } finally {
            coroutine.loop().turn().pass();
        }
    }

    @Override
    public boolean hasLent() {
        return lent;
    }

    /**
     * Called in the middle of the JDK's wake-up, by whichever thread that is: a virtual thread is pinned there. Were it to hand
     * the turn on to somebody else, and that to stop at a lock, the carrier would stop with it, also for the lock's owner.
     */
    @Override
    public void getBack(Runnable go) {
        DefaultIOLoop loop = coroutine.loop();
        this.go = go;
        waits = false;
        loop.blocks(false);
        loop.turn().joinQuietly(this, loop::inThreadOfItsOwn);
    }

    @Override
    public boolean take() {
        lent = false;
        coroutine.hasTurn(true);
        coroutine
                .loop()
                .idleness()
                .comeBack(); // with the turn: the loop is not idle in between, and is looked at afterwards
        Objects.requireNonNull(go).run();
        return true;
    }

    // ---- interrupts

    /** Returns whether a cancellation is to interrupt the wait for which the turn is lent. By who holds the monitor. */
    boolean interrupts(CancellationException cancelled) {
        if (!lent || told == cancelled) {
            return false;
        }
        told = cancelled;
        interruptedFor = cancelled;
        return true;
    }

    /** Notes that a cancellation interrupts the coroutine wherever it is. By who holds the monitor. */
    void interrupted(CancellationException cancelled) {
        told = cancelled;
    }

    /** Notes that the coroutine gets to know of a cancellation, so that no interrupt for it disturbs the clean-up. */
    void told(CancellationException cancelled) {
        synchronized (monitor) {
            told = cancelled;
            takeBack();
        }
    }

    /** Returns, once, whether an interrupt that was met is that of a cancellation which still reaches this scope. */
    boolean isOwnInterrupt(Scope reached) {
        synchronized (monitor) {
            boolean own = interruptedFor != null && reached.pending() != null;
            interruptedFor = null;
            if (own) {
                told = null;
            }
            return own;
        }
    }

    /** Takes back the interrupt of a cancellation whose stretch is over, unless another one reaches what is outside. */
    void forget(Scope outside) {
        synchronized (monitor) {
            if (outside.pending() == null) {
                takeBack();
            }
        }
    }

    private void takeBack() {
        if (interruptedFor != null) {
            interruptedFor = null;
            Thread.interrupted();
        }
    }
}
