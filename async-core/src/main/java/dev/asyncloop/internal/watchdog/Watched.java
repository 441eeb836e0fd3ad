package dev.asyncloop.internal.watchdog;

/**
 * Something that can be held too long: the turn, the carrier, the event loop.
 */
public interface Watched {

    /** What {@link #stretch} returns while nobody holds it. */
    long NOBODY = -1;

    /** Returns a number that stays the same for as long as the same one holds it without a break. Any thread. */
    long stretch();

    /**
     * Tells, once, that it is held too long. Called in the watchdog's thread.
     * @return whether it was told; {@code false} if who holds it can't help it, so that this is asked again later
     */
    boolean tooLong(long heldNanos);

    /** Tells that what was told of still lasts, and is ten times as long as it may be. Called in the watchdog's thread. */
    void stillHeld(long heldNanos);

    /** Tells that what was told of is over. Called in the watchdog's thread. */
    void over(long heldNanos);
}
