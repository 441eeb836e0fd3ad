package dev.asyncloop;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A loop as a clock sees it that does not tick by itself; handed to {@link LoopClock#attach}. All methods may be called
 * by any thread.
 */
public interface DrivenLoop extends IOLoop {

    /** Sets off what is due now. To be called after each move of the clock. */
    void clockMoved();

    /**
     * Sets what to call whenever the loop has nothing to do but wait for time, for I/O or for other threads: nobody has
     * the turn or waits for it, no call is in the executor, no coroutine in {@link Async#blocking}, and Netty has done
     * what it was given. Called with the turn, so it must not wait; it may move the clock and ask all that is below.
     * After that again when somebody else has had a turn, when the last channel is closed, and when this method is
     * called again.
     */
    void onIdle(Runnable listener);

    /**
     * Starts a coroutine as {@link IOLoop#runSync} does, for who is going to block until it has ended: its failure is not
     * logged.
     * @param outcome completed with what becomes of the coroutine, when it has ended
     * @throws IllegalStateException if called on this loop, which would wait for itself
     */
    <T extends @Nullable Object> Task<T> startForeign(String name, Callable<T> coroutine, CompletableFuture<T> outcome);

    /** Cancels all coroutines, interrupting those that block. */
    void cancelCoroutines(String reason);

    /** Returns how many turns there were, so that one can see whether anything has happened in between. */
    long turns();

    /** Returns the time to the next deadline, zero or less if one is due; {@code null} if no timer is set. */
    @Nullable
    Duration untilNextTimer();

    /** Returns how many of Netty's channels are registered; only of a clock that {@link LoopClock#jumps()}. */
    int openChannels();

    /** Returns the names of the callbacks whose timers are set, by deadline. Waits for the turn. */
    List<String> timers();

    /** Returns the stack of the coroutine that has the turn; {@code null} if no coroutine has it. */
    @Nullable
    TurnHolder turnHolder();

    /**
     * Who has the turn, and what it does with it.
     *
     * @param coroutine the name of the coroutine
     * @param stack where it is now
     */
    record TurnHolder(String coroutine, List<StackTraceElement> stack) {}
}
