package dev.asyncloop;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a coroutine that can be cancelled as a whole: the coroutine itself, the body of a
 * {@link Async#withTimeout}; or, as a shield, one that cancellation from outside does not reach. Trio's cancel scope.
 */
final class Scope {

    final @Nullable Scope outer;

    /** Until the shielded section ends. */
    private volatile boolean shield;

    private volatile @Nullable CancellationException cancelled;

    private volatile boolean last;

    Scope(@Nullable Scope outer, boolean shield) {
        this.outer = outer;
        this.shield = shield;
    }

    /** Cancels this scope for good; the first cause counts. Any thread. */
    synchronized void cancel(CancellationException cause) {
        if (cancelled == null) {
            cancelled = cause;
        }
    }

    /** Cancels this scope so that no shield keeps it out: the loop ends, and nobody is left to end a wait. Any thread. */
    void cancelAtLast(CancellationException cause) {
        cancel(cause);
        last = true;
    }

    boolean isCancelled() {
        return cancelled != null;
    }

    /** Returns the cancellation that a wait in this scope meets, the outermost that no shield keeps out. */
    @Nullable
    CancellationException pending() {
        CancellationException found = null;
        boolean shielded = false;
        for (Scope scope = this; scope != null; scope = scope.outer) {
            CancellationException here = scope.cancelled;
            if (here != null && (!shielded || scope.last)) {
                found = here;
            }
            shielded |= scope.shield;
        }
        return found;
    }

    /** Ends a shield: from now on a cancellation reaches what was started behind it and goes on. */
    void lift() {
        shield = false;
    }

    /** Returns whether a cancellation of the other scope reaches this one, which lies in it and behind no shield. */
    boolean isReachedFrom(Scope other) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope == other) {
                return true;
            }
            if (scope.shield) {
                return false;
            }
        }
        return false;
    }

    /** Returns whether this scope lies in the other one. */
    boolean isWithin(Scope other) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope == other) {
                return true;
            }
        }
        return false;
    }
}
