package dev.asyncloop.testing;

import dev.asyncloop.CoroutineInfo;
import dev.asyncloop.DrivenLoop;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Suspension;
import dev.asyncloop.Task;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A clock of one loop that stands still until a test moves it on, and then goes step by step: it stops at each deadline on
 * the way, and at each of these stops the loop does what is due, and all that follows from it. For whole applications on
 * real sockets; the counterpart of {@link VirtualTimeLoop}, whose clock jumps by itself.
 *
 * <pre>{@code
 * SteppedClock clock = new SteppedClock(Instant.parse("2026-01-01T00:00:00Z"));
 * IOLoop loop = IOLoop.create(IOLoopOptions.defaults().withClock(clock));
 * loop.callLater(Duration.ofHours(1), this::tidyUp);
 * clock.advance(Duration.ofHours(2));                      // tidyUp has run, at 01:00; it is 02:00 now
 * }</pre>
 *
 * <p>Idle is a loop when every coroutine waits or has ended and nobody stands in line, no call of
 * {@link IOLoop#runInExecutor} is in flight, no coroutine is in {@link dev.asyncloop.Async#blocking}, and Netty has done what
 * it was given. Sockets stay real, so an answer takes real time: at each stop the clock waits for those of fetches, of pings,
 * and of Monos and foreign stages that coroutines await, but at most {@link #setOutsideLimit} for each of them, 1 s by
 * default. All methods may be called by any thread, if they do not say otherwise.
 */
public final class SteppedClock extends StandingClock {

    private static final int POLL_MILLIS = 2;

    private final Expectations expected = new Expectations();

    private volatile @Nullable Steps steps;

    private volatile Duration limit = Duration.ofSeconds(10);

    private volatile Duration outsideLimit = Duration.ofSeconds(1);

    /** Makes a clock that shows the first instant of 1970. */
    public SteppedClock() {
        this(Instant.EPOCH);
    }

    /** Makes a clock that shows this instant. */
    public SteppedClock(Instant start) {
        super(start);
    }

    @Override
    public synchronized IOLoop attach(DrivenLoop loop) {
        Steps before = steps;
        if (before != null) {
            throw new IllegalStateException("A SteppedClock drives one loop, and this one drives '"
                    + before.loop().name() + "' already; make another one for '" + loop.name() + "'");
        }
        steps = new Steps(loop, this, () -> expected.hope(nanos(outsideLimit)) > 0);
        return loop;
    }

    @Override
    public Runnable expect(Object what) {
        return expected.add(what);
    }

    // ---- limits of real time

    /**
     * Sets how long, in real time, the loop may take at each stop until it is idle, and {@link #until} may wait. 10 s by
     * default.
     * @throws IllegalArgumentException if the limit is not positive
     */
    public void setLimit(Duration limit) {
        if (!limit.isPositive()) {
            throw new IllegalArgumentException(
                    "The limit of a SteppedClock has to be positive, but was " + limit + "; give it 10 s, for example");
        }
        this.limit = limit;
    }

    /**
     * Sets how long, in real time, each answer that is on its way may take before the clock goes on without it. 1 s by
     * default.
     * @throws IllegalArgumentException if the limit is negative
     */
    public void setOutsideLimit(Duration limit) {
        if (limit.isNegative()) {
            throw new IllegalArgumentException("The limit for code outside of the loop must not be negative, but was "
                    + limit + "; zero waits for nothing");
        }
        outsideLimit = limit;
    }

    // ---- time

    /** Returns how far it has gone since it was made. */
    public Duration elapsed() {
        return Duration.ofNanos(nanoTime());
    }

    /** Returns this clock as Java's own kind, for application code that takes one. */
    public Clock toClock(ZoneId zone) {
        return new JavaClock(this, zone);
    }

    /**
     * Moves the clock on, stops at each deadline on the way, and returns when the loop is idle at the new time. Called by a
     * coroutine it waits as a {@code sleep} would. A duration of zero moves nothing, and waits until the loop is idle.
     * @throws IllegalArgumentException if the duration is negative
     * @throws IllegalStateException if no loop has this clock or that one has ended, and in Netty's thread, which the loop
     *     needs to go on
     * @throws TooLongError if the loop does not become idle within the limit of real time; not in a coroutine, which
     *     {@code withTimeout} can limit
     */
    public void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("The clock can't be advanced by " + by + "; it only goes on");
        }
        Steps steps = attached("advance");
        if (steps.loop().inLoop()) {
            advanceInCoroutine(steps, by);
        } else {
            NettyThread.refuse(steps.loop(), "advance");
            advanceFromOutside(steps, by);
        }
    }

    /**
     * Moves the clock on to an instant; see {@link #advance}.
     * @throws IllegalArgumentException if that is in its past
     */
    public void advanceTo(Instant instant) {
        Instant now = instant();
        if (instant.isBefore(now)) {
            throw new IllegalArgumentException(
                    "The clock can't be advanced to " + instant + ", as it is " + now + " there; it only goes on");
        }
        advance(Duration.between(now, instant));
    }

    private static void advanceInCoroutine(Steps steps, Duration by) {
        Suspension<@Nullable Void> suspension = Suspension.begin("the end of an advance of " + by);
        Runnable withdraw = steps.advance(nanos(by), () -> suspension.resume(null));
        try {
            suspension.await();
        } finally {
            withdraw.run();
        }
    }

    private void advanceFromOutside(Steps steps, Duration by) {
        Duration before = elapsed();
        CountDownLatch done = new CountDownLatch(1);
        Runnable withdraw = steps.advance(nanos(by), done::countDown);
        try {
            long seen = steps.taken();
            long since = System.nanoTime();
            while (!done.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                requireLoop(steps, "advance");
                if (steps.taken() != seen) {
                    seen = steps.taken();
                    since = System.nanoTime();
                } else if (System.nanoTime() - since > nanos(limit)) {
                    throw new TooLongError(
                            Reports.notIdle(steps.loop(), by, elapsed().minus(before), limit, expected.lines()));
                }
            }
        } catch (InterruptedException ex) {
            throw interrupted("advance", steps);
        } finally {
            withdraw.run();
        }
    }

    private static long nanos(Duration duration) {
        return duration.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0 ? Long.MAX_VALUE : duration.toNanos();
    }

    // ---- what takes real time

    /**
     * Blocks, in real time, until a condition holds, while the clock stands still: that a request has come over its socket,
     * for example. The condition is asked in a coroutine of the loop, again and again, so it may look at what only the loop
     * touches. From the test's thread.
     * @throws TooLongError if it does not hold within the limit
     * @throws IllegalStateException if no loop has this clock or that one has ended, and on the loop
     */
    public void until(BooleanSupplier condition) {
        until("a condition", condition);
    }

    /**
     * As {@link #until}, until a coroutine of this name waits for something of the loop's own, such as a {@code sleep}: that of
     * a request is called as in {@code GET /board/{symbol}}.
     */
    public void untilWaiting(String coroutine) {
        Steps steps = attached("untilWaiting");
        until(
                "a coroutine '" + coroutine + "' that waits",
                () -> waits(steps.loop().coroutines(), coroutine));
    }

    private static boolean waits(List<CoroutineInfo> coroutines, String name) {
        return coroutines.stream()
                .anyMatch(coroutine -> coroutine.name().equals(name)
                                && coroutine.state() == CoroutineInfo.State.WAITING
                                && !coroutine.waitsOutside()
                        || waits(coroutine.children(), name));
    }

    private void until(String what, BooleanSupplier condition) {
        Steps steps = attached("until");
        long since = System.nanoTime();
        try {
            while (!holds(steps, condition, since + nanos(limit))) {
                requireLoop(steps, "until");
                if (System.nanoTime() - since > nanos(limit)) {
                    throw new TooLongError(Reports.notCome(steps.loop(), what, limit, expected.lines()));
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        } catch (InterruptedException ex) {
            throw interrupted("until", steps);
        }
    }

    /** Not by {@code runSync} with a limit, which waits for the coroutine to end: that takes a turn. */
    private static boolean holds(Steps steps, BooleanSupplier condition, long deadline) throws InterruptedException {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Task<Boolean> question = steps.loop().startForeign("until", condition::getAsBoolean, answer);
        try {
            return answer.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException ex) {
            return false; // somebody has the turn, and keeps it
        } catch (ExecutionException ex) {
            throw unchecked(ex.getCause());
        } finally {
            question.cancel(true);
        }
    }

    private static RuntimeException unchecked(@Nullable Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException known ? known : new CompletionException(failure);
    }

    // ---- the loop

    private Steps attached(String operation) {
        Steps steps = this.steps;
        if (steps == null) {
            throw new IllegalStateException(
                    "`" + operation + "` of a SteppedClock that no loop has; give it to one with"
                            + " `IOLoopOptions.withClock`, or let @TestClock do that");
        }
        requireLoop(steps, operation);
        return steps;
    }

    private static void requireLoop(Steps steps, String operation) {
        if (steps.loop().eventLoopGroup().isShuttingDown()) {
            throw new IllegalStateException("`" + operation + "` of a SteppedClock whose loop, '"
                    + steps.loop().name() + "', has ended; call it before");
        }
    }

    private static CancellationException interrupted(String operation, Steps steps) {
        Thread.currentThread().interrupt();
        return new CancellationException(
                "`" + operation + "` of the clock of '" + steps.loop().name() + "' was interrupted");
    }

    @Override
    public String toString() {
        return "SteppedClock at " + instant();
    }
}
