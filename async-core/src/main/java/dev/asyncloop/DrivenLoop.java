package dev.asyncloop;

import java.time.Duration;
import java.util.List;
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
     * what it was given. Called on Netty's thread, which it must not block; again while channels are open, from time to
     * time.
     */
    void onIdle(Runnable listener);

    /** Returns the time to the next deadline, zero or less if one is due; {@code null} if no timer is set. */
    @Nullable
    Duration untilNextTimer();

    /** Returns how many of Netty's channels are registered; only of a clock that {@link LoopClock#jumps()}. */
    int openChannels();

    /** Returns the names of the callbacks whose timers are set, by deadline. Waits for the turn. */
    List<String> timers();

    /** Returns the coroutines that live, those without a parent first, each with its children. Waits for the turn. */
    List<CoroutineInfo> coroutines();
}
