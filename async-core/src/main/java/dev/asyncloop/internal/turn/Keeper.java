package dev.asyncloop.internal.turn;

import java.util.function.BooleanSupplier;

/**
 * What runs with the turn, as the handler of its thread's uncaught exceptions: it may be one that lends the turn while it
 * waits in the JDK, and can be told not to.
 */
public interface Keeper {

    /**
     * Begins a stretch in which a wait in the JDK keeps the turn, or ends it; they nest. Only in the thread that this one
     * runs in.
     */
    void keepTurn(boolean begins);

    /**
     * Does what must be done as a whole although it calls an application's code, which may wait in the JDK: whoever got the
     * turn in between would meet it half done.
     */
    static boolean undivided(BooleanSupplier action) {
        if (Thread.currentThread().getUncaughtExceptionHandler() instanceof Keeper keeper) {
            keeper.keepTurn(true);
            try {
                return action.getAsBoolean();
            } finally {
                keeper.keepTurn(false);
            }
        }
        return action.getAsBoolean();
    }
}
