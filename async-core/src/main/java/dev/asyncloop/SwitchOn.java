package dev.asyncloop;

/** Where a coroutine gives way to the others. Its children do as it does. */
public enum SwitchOn {
    /** Where it waits in {@link Async}, and nowhere else: what lies between two waits needs no lock. */
    AWAIT,
    /**
     * Also wherever it waits in the JDK: sleeps, contended locks, sockets. Convenient for code that blocks, and no longer
     * free of locks: a call that logs may be such a wait. Still one at a time. Only on {@link Carrier#EVENT_LOOP}.
     */
    ANY
}
