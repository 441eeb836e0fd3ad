package dev.asyncloop;

import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The single-threaded loop that runs everything: coroutines, callbacks, timers, and Netty's event loop with the servers
 * and clients on it. Tornado's {@code IOLoop}.
 *
 * <p>A loop has one turn. Whatever is ready to run stands in one first-in-first-out line; who has the turn runs; who
 * waits in {@link Async} or ends hands it to the next. So coroutines, callbacks and timers never run at the same time,
 * and between two waits nobody else runs. Everything is a coroutine: callbacks and timers may {@code await} too.
 *
 * <p>All methods may be called by any thread, but for those that say which. Work that is handed in from outside after
 * {@link #stop} or {@link #close} fails with {@link LoopClosedException}; the loop's own coroutines may start what they
 * need to finish. Work beyond {@link IOLoopOptions#maxCoroutines} fails with {@link LoopFullException}.
 */
public interface IOLoop extends Executor, AutoCloseable {

    /** Makes a running loop with its own thread and default options. */
    static IOLoop create() {
        return create(IOLoopOptions.defaults());
    }

    /**
     * Makes a running loop.
     * @throws IllegalStateException if the options ask for {@link Carrier#EVENT_LOOP} and this JVM does not allow it, or for
     *     {@link SwitchOn#ANY} and the carrier is another one
     */
    static IOLoop create(IOLoopOptions options) {
        return DefaultIOLoop.start(options);
    }

    /**
     * Makes a loop, runs {@code main} as its first coroutine, and closes the loop. asyncio's {@code run}.
     * @throws java.util.concurrent.CompletionException around a checked exception of {@code main}
     */
    static <T extends @Nullable Object> T run(Callable<T> main) {
        try (IOLoop loop = create()) {
            return loop.runSync(main);
        }
    }

    /**
     * Returns the loop of the running coroutine. Tornado's {@code IOLoop.current}.
     * @throws IllegalStateException outside of a coroutine
     */
    static IOLoop current() {
        return Coroutine.current("IOLoop.current").loop().face();
    }

    /** Returns the name given in the options; threads of this loop carry it. */
    String name();

    /** Returns what carries the coroutines. */
    Carrier carrier();

    /** Returns the name of Netty's transport: {@code epoll} or {@code nio}. */
    String transport();

    /**
     * Returns the name of the platform thread that carries everything; on {@link Carrier#JDK} that of Netty's thread, as the
     * coroutines run on the threads of the JDK's scheduler.
     */
    String threadName();

    /** Returns the options it was made with. */
    IOLoopOptions options();

    /** Returns whether the caller is a coroutine of this loop and has the turn. */
    boolean inLoop();

    /** Returns the clock of its timers. */
    LoopClock clock();

    /** Returns the loop's numbers, without stopping it: at once, also while somebody keeps the turn. */
    LoopStatistics statistics();

    /** Returns what the loop has done so far, in the same way. */
    LoopTotals totals();

    /**
     * Returns what holds this loop for longer than {@link IOLoopOptions#slowCallback} now; {@code null} if nothing does.
     * Neither waits for the loop nor stops it, so it suits a health check. Any thread but the loop's own.
     */
    @Nullable
    SlowCallback slowCallback();

    /**
     * Returns the last slow callbacks that were reported, 10 at most, the latest first: also those that are over. Neither
     * waits for the loop nor stops it.
     */
    List<SlowCallbackRecord> slowCallbacks();

    /** Returns what the loop is about. Neither waits for the loop nor stops it. Any thread but the loop's own. */
    LoopState state();

    /**
     * Returns the coroutines that live, those that are owned by the loop first, each with its children; without their stacks.
     * Waits for the turn, as a callback would. But if somebody keeps it for 100 ms, looks without it: what that one starts or
     * ends meanwhile may be missing then. {@link CoroutineInfo#tree} makes text of it.
     */
    List<CoroutineInfo> coroutines();

    /**
     * As {@link #coroutines()}, with the stacks. They are taken in the caller's thread while the loop goes on: each is that of
     * its own moment, a little after the rest was looked at.
     */
    List<CoroutineInfo> coroutinesWithStacks();

    /**
     * As {@link #coroutines()}, but looks at so many at most, the oldest with their children first, and at none more than 100
     * owners deep: it has the turn for no longer than that takes, however many there are.
     * @throws IllegalArgumentException if the limit is negative
     */
    CoroutineSnapshot snapshot(int limit);

    /** As {@link #snapshot}, with the stacks of those that are shown, taken as {@link #coroutinesWithStacks()} does. */
    CoroutineSnapshot snapshotWithStacks(int limit);

    /**
     * Returns a coroutine with what it owns, 1,000 coroutines in all at most, and their stacks; {@code null} if none of this
     * number lives. Waits as {@link #coroutines()} does.
     * @param id its {@link CoroutineInfo#id}
     */
    @Nullable
    CoroutineInfo coroutine(long id);

    /**
     * Cancels a coroutine as {@code cancel(false)} of its task does: cooperatively. Waits as {@link #coroutines()} does, and
     * not for the coroutine to end.
     * @param id its {@link CoroutineInfo#id}
     * @param reason who wants that and why, for the message of its {@code CancellationException}
     * @return whether a coroutine of this number lived
     */
    boolean cancel(long id, String reason);

    /**
     * Returns where a coroutine is now, innermost first; empty if no coroutine of this number lives, or it has not had a turn.
     * Waits as {@link #coroutines()} does.
     * @param id its {@link CoroutineInfo#id}
     */
    List<StackTraceElement> stackOf(long id);

    /** Returns whether {@link #stop} or {@link #close} was called: no new work is taken. Any thread. */
    boolean isClosing();

    /**
     * Runs a callback in a later turn. Never inline, first in first out. Tornado's {@code add_callback}.
     * @throws LoopFullException if too many coroutines are alive
     */
    void addCallback(Runnable callback);

    @Override
    default void execute(Runnable callback) {
        addCallback(callback);
    }

    /**
     * Runs a callback after a delay, never early; a delay that is zero or negative is due at once. While the loop has
     * its most coroutines, a callback that is due waits until one ends. Tornado's {@code call_later}.
     */
    TimerHandle callLater(Duration delay, Runnable callback);

    /** As {@link #callLater(Duration, Runnable)}, with a name for the callback. */
    TimerHandle callLater(String name, Duration delay, Runnable callback);

    /**
     * Runs a callback at a time of day, turned into a delay now: a clock set later does not move it. Tornado's
     * {@code call_at}.
     */
    TimerHandle callAt(Instant when, Runnable callback);

    /** As {@link #spawn(String, Callable)}, with a made-up name. */
    <T extends @Nullable Object> Task<T> spawn(Callable<T> coroutine);

    /** As {@link #spawn(String, Callable)}, with a made-up name and no result. */
    Task<@Nullable Void> spawn(Runnable coroutine);

    /**
     * Starts a coroutine in a later turn. It is owned by the loop and outlives its spawner; a child of the running
     * coroutine is made by {@link Async#spawn}. A failure that nobody awaits is logged. Tornado's
     * {@code spawn_callback}.
     * @throws LoopFullException if too many coroutines are alive
     */
    <T extends @Nullable Object> Task<T> spawn(String name, Callable<T> coroutine);

    /** As {@link #spawn(String, Callable)}, with no result. */
    Task<@Nullable Void> spawn(String name, Runnable coroutine);

    /**
     * As {@link #spawn(String, Callable)}, for a coroutine that gives way elsewhere than the loop's do.
     * @throws IllegalStateException for {@link SwitchOn#ANY} on another carrier than {@link Carrier#EVENT_LOOP}
     */
    <T extends @Nullable Object> Task<T> spawn(String name, SwitchOn switchOn, Callable<T> coroutine);

    /**
     * Returns a coroutine as a {@code Mono}: each subscription spawns it with the subscriber's context, cancelling the
     * subscription cancels it, and its outcome is signalled on the event loop. If too many coroutines are alive it ends
     * with a {@link LoopFullException}. The counterpart of {@link Async#await(Mono)}.
     */
    <T> Mono<T> mono(String name, Callable<? extends @Nullable T> coroutine);

    /**
     * As {@link #mono(String, Callable)}, for a coroutine that gives way elsewhere than the loop's do.
     * @throws IllegalStateException for {@link SwitchOn#ANY} on another carrier than {@link Carrier#EVENT_LOOP}
     */
    <T> Mono<T> mono(String name, SwitchOn switchOn, Callable<? extends @Nullable T> coroutine);

    /**
     * Makes a task that is completed by hand. It belongs to the running coroutine of this loop, if there is one.
     */
    <T extends @Nullable Object> Promise<T> promise(String name);

    /**
     * Runs blocking or CPU-bound work on a platform thread of the loop's own bounded pool. The returned task belongs to
     * the running coroutine. Tornado's {@code run_in_executor}.
     * @throws ExecutorFullException if all threads are busy and the waiting line is full
     */
    <T extends @Nullable Object> Task<T> runInExecutor(Callable<T> blocking);

    /**
     * Runs a coroutine from a foreign thread and blocks until it has ended. If that thread is interrupted, cancels and
     * interrupts the coroutine. Tornado's {@code run_sync}.
     * @throws LoopFullException if too many coroutines are alive
     * @throws java.util.concurrent.CancellationException if the coroutine was cancelled, or the thread interrupted
     * @throws IllegalStateException if called on this loop, which would wait for itself
     * @throws java.util.concurrent.CompletionException around a checked exception of the coroutine
     */
    <T extends @Nullable Object> T runSync(Callable<T> coroutine);

    /**
     * As {@link #runSync(Callable)}, but cancels and interrupts the coroutine when the limit (in the caller's real time)
     * has passed, and then waits for its end: a coroutine that does not give up in time blocks for longer.
     * @throws AsyncTimeoutException if the limit has passed
     */
    <T extends @Nullable Object> T runSync(Duration limit, Callable<T> coroutine);

    /**
     * Returns Netty's event loop of this loop, for servers and clients that are to live on it. It ends with the loop;
     * nobody else may shut it down.
     */
    EventLoopGroup eventLoopGroup();

    /**
     * Ends the loop without a grace period: what is ready now still gets its turn, the rest is cancelled. Returns at
     * once. Tornado's {@code stop}.
     */
    void stop();

    /**
     * Blocks until the loop has ended and has no thread any more.
     * @throws IllegalStateException if called on this loop, which would wait for itself
     */
    void awaitStopped();

    /**
     * Takes no new work, lets coroutines finish within the grace period of the options, cancels the rest and names it
     * in the log, and ends the loop. Blocks until then, unless it is called by a coroutine of this loop.
     */
    @Override
    void close();
}
