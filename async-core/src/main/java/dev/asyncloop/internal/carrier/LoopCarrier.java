package dev.asyncloop.internal.carrier;

import dev.asyncloop.internal.turn.Lender;
import io.netty.channel.IoEventLoop;
import org.jspecify.annotations.Nullable;

/**
 * What carries the coroutines of one loop, turns its event loop, and watches its timers.
 */
public interface LoopCarrier {

    /** Returns an unstarted virtual thread for a coroutine. Any thread. */
    Thread newThread(Runnable body);

    /** Returns whether {@link #newLendingThread} works here. */
    boolean canLend();

    /**
     * Returns an unstarted virtual thread for a coroutine that lends its turn while it waits in the JDK. Any thread.
     * @throws UnsupportedOperationException if this carrier {@link #canLend() can't} see that
     */
    Thread newLendingThread(Runnable body, Lender lender);

    /** Returns Netty's event loop. */
    IoEventLoop eventLoop();

    /** Returns how many passes Netty's event loop has made: each polls the sockets, and does its tasks. Any thread. */
    long passes();

    /**
     * Calls this once, in Netty's thread, when all that Netty was given is done, and all that this gave it. One at a time;
     * any thread. Never while Netty is shutting down.
     */
    void whenNettyIsIdle(Runnable action);

    /** Returns Netty's transport. */
    Transport transport();

    /** Tells that the next deadline is earlier now, or the clock was moved. Any thread. */
    void deadlineMoved();

    /**
     * Returns the number of what runs on this carrier now, if that is a coroutine or another virtual thread that is not
     * Netty's; -1 else, and where the carrier is not this loop's own. Any thread.
     */
    long slice();

    /** Returns the virtual thread that runs on this carrier now; {@code null} if that can't be told. Any thread. */
    @Nullable
    Thread running();

    /** Returns the number of what the event loop does now, waiting for I/O apart; -1 if it does nothing. Any thread. */
    long eventLoopWork();

    /** Returns the event loop's thread. */
    Thread eventLoopThread();

    /**
     * Ends the event loop and the threads of this carrier, and blocks until they are gone or the limit is over. Virtual
     * threads that wake later still run. Not on a thread of this carrier.
     * @return whether all threads have ended
     */
    boolean shutDown(long limitNanos);
}
