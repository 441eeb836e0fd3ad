package dev.asyncloop;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One wait of one coroutine: used once, ended once. Of its completion and its cancellation the one whose
 * compare-and-set comes first decides, and alone lets the coroutine stand in line again.
 *
 * <pre>
 *   NEW ──park()──▶ WAITING ──▶ Outcome     completed: the coroutine returns it, even if it is cancelled later
 *    │                 └──────▶ CANCELLED   cancelled: the coroutine throws, a later completion is ignored
 *    └─────────────▶ Outcome                completed before the coroutine gave way: no turn was spent
 * </pre>
 */
final class Wait<T extends @Nullable Object> extends Listener<T> {

    private enum State {
        NEW,
        WAITING,
        CANCELLED
    }

    /** A field of its own, not an object: there is one of these for each coroutine that waits. */
    @SuppressWarnings("rawtypes")
    private static final AtomicReferenceFieldUpdater<Wait, Object> STATE =
            AtomicReferenceFieldUpdater.newUpdater(Wait.class, Object.class, "state");

    private record Outcome(@Nullable Object value, @Nullable Throwable failure) {}

    /** What is waited for; says so with its {@code toString}. */
    final Object subject;

    private volatile Object state = State.NEW;

    /** Let go when the wait has ended, as the awaited stage may keep this object for long. */
    private volatile @Nullable Coroutine<?> coroutine;

    Wait(Coroutine<?> coroutine, Object subject) {
        this.coroutine = coroutine;
        this.subject = subject;
    }

    /**
     * Completes the wait. Any thread; only the first call counts.
     * @return whether the coroutine gets to know this outcome
     */
    @Override
    boolean settled(@Nullable T value, @Nullable Throwable failure) {
        Outcome outcome = new Outcome(value, failure);
        return STATE.compareAndSet(this, State.NEW, outcome) || end(outcome);
    }

    /** Cancels the wait, if a cancellation of its scope reaches it. Any thread. */
    void cancelIfReached() {
        Coroutine<?> waiting = coroutine; // in the scope of this wait for as long as it waits
        if (waiting != null && waiting.scope().pending() != null) {
            end(State.CANCELLED);
        }
    }

    private boolean end(Object how) {
        boolean mine = STATE.compareAndSet(this, State.WAITING, how);
        if (mine) {
            Coroutine<?> waiting = coroutine;
            coroutine = null;
            if (waiting != null) {
                waiting.standInLine();
            }
        }
        return mine;
    }

    /** Returns {@code true} if the coroutine has to give way, {@code false} if the wait is over already. */
    boolean park() {
        return STATE.compareAndSet(this, State.NEW, State.WAITING);
    }

    boolean isCancelled() {
        return state == State.CANCELLED;
    }

    /** Returns the outcome of a wait that is over and was not cancelled. */
    @SuppressWarnings({"unchecked", "NullAway"}) // null is a value where T allows it
    T outcome() {
        coroutine = null;
        Outcome outcome = (Outcome) state;
        if (outcome.failure != null) {
            throw Failures.toThrow(outcome.failure);
        }
        return (T) outcome.value;
    }
}
