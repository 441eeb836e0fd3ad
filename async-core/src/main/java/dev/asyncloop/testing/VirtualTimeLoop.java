package dev.asyncloop.testing;

import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.Carrier;
import dev.asyncloop.CoroutineInfo;
import dev.asyncloop.CoroutineSnapshot;
import dev.asyncloop.DrivenLoop;
import dev.asyncloop.IOLoop;
import dev.asyncloop.IOLoopOptions;
import dev.asyncloop.LoopClock;
import dev.asyncloop.LoopState;
import dev.asyncloop.LoopStatistics;
import dev.asyncloop.LoopTotals;
import dev.asyncloop.Promise;
import dev.asyncloop.SlowCallback;
import dev.asyncloop.SlowCallbackRecord;
import dev.asyncloop.Suspension;
import dev.asyncloop.SwitchOn;
import dev.asyncloop.Task;
import dev.asyncloop.TimerHandle;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * An {@link IOLoop} whose clock jumps to the next timer when everybody waits: a test that sleeps for a day takes no time,
 * and everything happens in the same order each time. Trio's {@code autojump_clock}, Kotlin's {@code runTest}.
 *
 * <pre>{@code
 * VirtualTimeLoop.run(() -> {
 *     sleep(Duration.ofDays(1));     // returns at once
 *     return null;
 * });
 * }</pre>
 *
 * <p>The clock starts at the first instant of 1970 and stands still while somebody has the turn, a call of
 * {@link #runInExecutor} is in flight, a coroutine is in {@link dev.asyncloop.Async#blocking}, or Netty has tasks. While a
 * channel is registered with {@link #eventLoopGroup}, the loop is manual: what comes over a socket comes in real time, so
 * only {@link #advance} moves the clock. What other threads do (Reactor's schedulers, timed waits of the JDK, sockets of
 * other event loops) does not follow this clock and is not waited for.
 *
 * <p>When a thread waits in {@link #runSync} and nothing on the loop can go on (all wait, no timer is set, no channel is
 * open) it fails with a {@link DeadlockError}, and all coroutines are cancelled: at once if they can only wait for each
 * other, else when code outside of the loop has done nothing within {@link #setOutsideLimit}, 1 s of real time.
 *
 * <p>The clock jumps also while nobody waits in {@code runSync}. A thread outside that prepares several timers does so
 * within a {@link #hold}, or in one coroutine. All methods may be called by any thread, if they do not say otherwise.
 */
public final class VirtualTimeLoop implements IOLoop {

    /**
     * Keeps a clock from jumping until it is closed.
     */
    public interface Hold extends AutoCloseable {

        /** Lets the clock jump again, if nobody else holds it. Once. */
        @Override
        void close();
    }

    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(1);

    private final DrivenLoop loop;

    private final VirtualClock clock;

    private final Duration gracePeriod;

    private final Jumps jumps;

    VirtualTimeLoop(DrivenLoop loop, VirtualClock clock, Duration gracePeriod) {
        this.loop = loop;
        this.clock = clock;
        this.gracePeriod = gracePeriod;
        this.jumps = new Jumps(loop, clock);
        jumps.again();
    }

    /** Makes a running loop with default options. */
    public static VirtualTimeLoop create() {
        return create(IOLoopOptions.defaults().withName("virtual-time"));
    }

    /** Makes a running loop. Its clock takes the place of the one in the options, and Netty uses Java's NIO. */
    public static VirtualTimeLoop create(IOLoopOptions options) {
        return create(options, Instant.EPOCH);
    }

    /** As {@link #create(IOLoopOptions)}, with a clock that shows this instant at first. */
    public static VirtualTimeLoop create(IOLoopOptions options, Instant start) {
        return (VirtualTimeLoop) IOLoop.create(options.withClock(new VirtualClock(start, options.gracePeriod())));
    }

    /**
     * Makes a loop, runs {@code main} as its first coroutine, sees to it that nothing is left, and closes the loop.
     * @throws java.util.concurrent.CompletionException around a checked exception of {@code main}
     * @throws DeadlockError if nothing could go on before {@code main} has ended
     * @throws LeakError if coroutines or timers are left; suppressed if {@code main} itself has failed
     */
    public static <T extends @Nullable Object> T run(Callable<T> main) {
        return run(IOLoopOptions.defaults().withName("virtual-time"), main);
    }

    /** As {@link #run(Callable)}, with options for the loop. */
    public static <T extends @Nullable Object> T run(IOLoopOptions options, Callable<T> main) {
        VirtualTimeLoop loop = create(options);
        loop.jumps.hold(); // for good: after main nothing is to happen any more
        try {
            T value;
            try {
                value = loop.runSync("main", null, main);
            } catch (DeadlockError ex) {
                throw ex; // all is cancelled: what is left says nothing
            } catch (Throwable ex) {
                loop.addLeaksTo(ex);
                throw ex;
            }
            loop.requireNoLeaks();
            return value;
        } finally {
            loop.stop();
            loop.awaitStopped();
        }
    }

    // ---- time

    /** Returns how much time has passed on this loop's clock since it was made. */
    public Duration elapsed() {
        return Duration.ofNanos(clock.nanoTime());
    }

    /** Returns whether channels are registered, so that only {@link #advance} moves the clock. */
    public boolean isManual() {
        return loop.openChannels() > 0;
    }

    /**
     * Moves the clock on, as soon as the loop is idle, and stops at each deadline on the way, so that all happens in order.
     * Returns when the loop is idle at the new time. Called by a coroutine it waits as a {@code sleep} would, but the clock
     * moves also while channels are open.
     * @throws IllegalArgumentException if the duration is negative
     * @throws IllegalStateException in Netty's thread, which the loop needs to go on
     */
    public void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("The clock can't be advanced by " + by + "; it only goes on");
        }
        if (loop.inLoop()) {
            Suspension<@Nullable Void> suspension = Suspension.begin("the end of an advance of " + by);
            Runnable withdraw = jumps.advance(nanos(by), () -> suspension.resume(null));
            try {
                suspension.await();
            } finally {
                withdraw.run();
            }
            return;
        }
        requireNotInNetty();
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        Runnable withdraw = jumps.advance(nanos(by), () -> done.complete(null));
        try {
            if (!loop.isClosing()) {
                done.get();
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new CancellationException("`advance` of '" + name() + "' was interrupted");
        } catch (ExecutionException ex) {
            throw new IllegalStateException(ex);
        } finally {
            withdraw.run();
        }
    }

    private void requireNotInNetty() {
        for (EventExecutor executor : loop.eventLoopGroup()) {
            if (executor.inEventLoop()) {
                throw new IllegalStateException("`advance` was called on '"
                        + Thread.currentThread().getName() + "', Netty's thread, which the loop needs to go on;"
                        + " call it in the test's thread, or in a coroutine");
            }
        }
    }

    /**
     * Keeps the clock from jumping until the result is closed, but for who waits in {@link #runSync}. {@link #advance}
     * moves it all the same.
     */
    public Hold hold() {
        jumps.hold();
        AtomicBoolean held = new AtomicBoolean(true);
        return () -> {
            if (held.compareAndSet(true, false)) {
                jumps.release();
            }
        };
    }

    /**
     * Sets how long, in real time, coroutines may all wait for code outside of the loop, before that is a deadlock. 1 s by
     * default.
     * @throws IllegalArgumentException if the limit is negative
     */
    public void setOutsideLimit(Duration limit) {
        if (limit.isNegative()) {
            throw new IllegalArgumentException("The limit for code outside of the loop must not be negative, but was "
                    + limit + "; zero fails at once");
        }
        jumps.setOutsideLimit(limit);
    }

    // ---- what is left

    /**
     * Lets the loop do, without moving the clock, what can be done now, and fails if coroutines live or timers are set then.
     * From a foreign thread.
     * @throws LeakError that names each of them
     */
    public void requireNoLeaks() {
        String leaks = leaks();
        if (leaks != null) {
            throw new LeakError(leaks);
        }
    }

    private void addLeaksTo(Throwable failure) {
        String leaks = leaks();
        if (leaks != null) {
            failure.addSuppressed(new LeakError(leaks));
        }
    }

    private @Nullable String leaks() {
        try (Hold hold = hold()) {
            CompletableFuture<@Nullable Void> settled = new CompletableFuture<>();
            Runnable withdraw = jumps.advance(0, () -> settled.complete(null));
            await(settled);
            withdraw.run();
            return Reports.leaks(loop);
        }
    }

    /** Not for ever: a call that blocks in the executor keeps a loop from being idle. */
    private static void await(CompletableFuture<?> settled) {
        try {
            settled.get(SETTLE_LIMIT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException ex) {
            // then what there is counts
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- from foreign threads

    DrivenLoop driven() {
        return loop;
    }

    Jumps jumps() {
        return jumps;
    }

    /**
     * {@inheritDoc}
     * @throws DeadlockError if nothing can go on before the coroutine has ended
     */
    @Override
    public <T extends @Nullable Object> T runSync(Callable<T> coroutine) {
        return runSync("runSync", null, coroutine);
    }

    /**
     * {@inheritDoc}
     * @throws DeadlockError if nothing can go on before the coroutine has ended
     */
    @Override
    public <T extends @Nullable Object> T runSync(Duration limit, Callable<T> coroutine) {
        return runSync("runSync", limit, coroutine);
    }

    private <T extends @Nullable Object> T runSync(String name, @Nullable Duration limit, Callable<T> coroutine) {
        ForeignCall<T> call = new ForeignCall<>(loop, jumps, name, coroutine);
        try {
            return call.get(limit);
        } catch (TimeoutException ex) {
            cancel(call);
            throw new AsyncTimeoutException("The coroutine did not end within the limit of " + limit
                    + " given to `runSync` of '" + name() + "' and was cancelled");
        } catch (InterruptedException ex) {
            cancel(call);
            Thread.currentThread().interrupt();
            throw new CancellationException("`runSync` of '" + name() + "' was interrupted");
        } catch (ExecutionException ex) {
            throw unchecked(ex.getCause());
        }
    }

    private static void cancel(ForeignCall<?> call) {
        call.cancel();
        boolean interrupted = false;
        while (true) {
            try {
                call.awaitEnd(null);
                break;
            } catch (InterruptedException ex) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static RuntimeException unchecked(@Nullable Throwable failure) {
        if (failure instanceof RuntimeException unchecked) {
            return unchecked;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return new CompletionException(failure);
    }

    private static long nanos(Duration duration) {
        return duration.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0 ? Long.MAX_VALUE : duration.toNanos();
    }

    // ---- the end

    @Override
    public void stop() {
        loop.stop();
        jumps.end();
    }

    /**
     * {@inheritDoc} The grace period is one of virtual time, so this takes no real time; while channels are open, of real
     * time.
     */
    @Override
    public void close() {
        jumps.closing(nanos(gracePeriod));
        try {
            loop.close();
        } finally {
            jumps.end();
        }
    }

    @Override
    public void awaitStopped() {
        loop.awaitStopped();
    }

    // ---- as any loop

    @Override
    public String name() {
        return loop.name();
    }

    @Override
    public Carrier carrier() {
        return loop.carrier();
    }

    @Override
    public String transport() {
        return loop.transport();
    }

    @Override
    public String threadName() {
        return loop.threadName();
    }

    @Override
    public IOLoopOptions options() {
        return loop.options();
    }

    @Override
    public boolean inLoop() {
        return loop.inLoop();
    }

    @Override
    public LoopClock clock() {
        return clock;
    }

    @Override
    public LoopStatistics statistics() {
        return loop.statistics();
    }

    @Override
    public LoopTotals totals() {
        return loop.totals();
    }

    @Override
    public @Nullable SlowCallback slowCallback() {
        return loop.slowCallback();
    }

    @Override
    public List<CoroutineInfo> coroutines() {
        return loop.coroutines();
    }

    @Override
    public List<CoroutineInfo> coroutinesWithStacks() {
        return loop.coroutinesWithStacks();
    }

    @Override
    public List<SlowCallbackRecord> slowCallbacks() {
        return loop.slowCallbacks();
    }

    @Override
    public LoopState state() {
        return loop.state();
    }

    @Override
    public CoroutineSnapshot snapshot(int limit) {
        return loop.snapshot(limit);
    }

    @Override
    public CoroutineSnapshot snapshotWithStacks(int limit) {
        return loop.snapshotWithStacks(limit);
    }

    @Override
    public @Nullable CoroutineInfo coroutine(long id) {
        return loop.coroutine(id);
    }

    @Override
    public boolean cancel(long id, String reason) {
        return loop.cancel(id, reason);
    }

    @Override
    public List<StackTraceElement> stackOf(long id) {
        return loop.stackOf(id);
    }

    @Override
    public boolean isClosing() {
        return loop.isClosing();
    }

    @Override
    public void addCallback(Runnable callback) {
        loop.addCallback(callback);
    }

    @Override
    public TimerHandle callLater(Duration delay, Runnable callback) {
        return loop.callLater(delay, callback);
    }

    @Override
    public TimerHandle callLater(String name, Duration delay, Runnable callback) {
        return loop.callLater(name, delay, callback);
    }

    @Override
    public TimerHandle callAt(Instant when, Runnable callback) {
        return loop.callAt(when, callback);
    }

    @Override
    public <T extends @Nullable Object> Task<T> spawn(Callable<T> coroutine) {
        return loop.spawn(coroutine);
    }

    @Override
    public Task<@Nullable Void> spawn(Runnable coroutine) {
        return loop.spawn(coroutine);
    }

    @Override
    public <T extends @Nullable Object> Task<T> spawn(String name, Callable<T> coroutine) {
        return loop.spawn(name, coroutine);
    }

    @Override
    public Task<@Nullable Void> spawn(String name, Runnable coroutine) {
        return loop.spawn(name, coroutine);
    }

    @Override
    public <T extends @Nullable Object> Task<T> spawn(String name, SwitchOn switchOn, Callable<T> coroutine) {
        return loop.spawn(name, switchOn, coroutine);
    }

    @Override
    public <T> Mono<T> mono(String name, SwitchOn switchOn, Callable<? extends @Nullable T> coroutine) {
        return loop.mono(name, switchOn, coroutine);
    }

    @Override
    public <T> Mono<T> mono(String name, Callable<? extends @Nullable T> coroutine) {
        return loop.mono(name, coroutine);
    }

    @Override
    public <T extends @Nullable Object> Promise<T> promise(String name) {
        return loop.promise(name);
    }

    @Override
    public <T extends @Nullable Object> Task<T> runInExecutor(Callable<T> blocking) {
        return loop.runInExecutor(blocking);
    }

    @Override
    public EventLoopGroup eventLoopGroup() {
        return loop.eventLoopGroup();
    }

    @Override
    public String toString() {
        return "VirtualTimeLoop '" + name() + "' (" + carrier() + ", " + transport() + ", " + elapsed() + " elapsed)";
    }
}
