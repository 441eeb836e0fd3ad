package dev.asyncloop;

/**
 * What carries the coroutines of an {@link IOLoop}: the laws are the same on both, the cost is not.
 */
public enum Carrier {

    /**
     * One platform thread carries everything: coroutines, timers, and Netty's event loop. Needs
     * {@code --add-opens java.base/java.lang=ALL-UNNAMED}, which the manifest of an executable jar can hold.
     */
    EVENT_LOOP,

    /**
     * Coroutines run on the JDK's own virtual thread scheduler, one at a time, with Netty's thread beside them. Needs
     * no flag.
     */
    JDK
}
