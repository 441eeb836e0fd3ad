package dev.asyncloop.internal.turn;

/**
 * A holder of the turn from whom it may be taken while its thread waits in the JDK. Its carrier sees when that begins and
 * when the thread could run again.
 */
public interface Lender {

    /** Returns whether this one has the turn and, where its thread has stopped, may lend it. Only while that does not run. */
    boolean mayLend();

    /** Passes the turn on, for a thread that has stopped with it. Only while the thread does not run. */
    void lend();

    /** Returns whether the turn was lent, so that the thread must not run before it is back. */
    boolean hasLent();

    /**
     * Stands in line to get the turn back.
     * @param go called when it is back
     */
    void getBack(Runnable go);
}
