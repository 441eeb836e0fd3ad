package dev.asyncloop;

import dev.asyncloop.internal.log.SafeLog;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The orderly end of a loop, on a thread of its own: no new work; what is alive may finish within the grace period; the
 * rest is cancelled and named; then the executor, Netty and the carrier go.
 */
final class LoopEnd {

    private static final Logger log = LoggerFactory.getLogger(IOLoop.class);

    /** How long Netty gets to end, and then a thread. */
    private static final Duration THREADS = Duration.ofSeconds(2);

    /** What does not end at the first cancellation may have started something since. */
    private static final Duration BETWEEN_CANCELLATIONS = Duration.ofMillis(50);

    /** How long threads that have nothing to do get to end; one that works is left to itself. */
    private static final Duration IDLE_THREADS = Duration.ofMillis(100);

    private final DefaultIOLoop loop;

    /** How long what was cancelled gets to end. */
    private final Duration cleanUp;

    /** Completed when no coroutine is alive; looked at only while closing. */
    private final CompletableFuture<@Nullable Void> idle = new CompletableFuture<>();

    /** Completed by who does not want to wait for the grace period. */
    private final CompletableFuture<@Nullable Void> hurry = new CompletableFuture<>();

    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

    private volatile boolean closing;

    private volatile @Nullable Thread thread;

    /** The thread in which this asks for turns; it begins with the first. */
    private final ThreadPoolExecutor turns;

    private volatile @Nullable Thread turnsThread;

    LoopEnd(DefaultIOLoop loop, Duration cleanUp) {
        this.loop = loop;
        this.cleanUp = cleanUp;
        this.turns = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
            Thread made = Thread.ofPlatform()
                    .daemon()
                    .name(loop.name() + "-end-turns")
                    .unstarted(work);
            turnsThread = made;
            return made;
        });
    }

    /**
     * Refuses new work from outside while the loop is closing; its own coroutines may start what they need to finish.
     * @throws LoopClosedException if this work comes too late
     */
    void requireOpen(String what) {
        if (closing && (ended.isDone() || !loop.inLoop())) {
            throw refusal(what);
        }
    }

    LoopClosedException refusal(String what) {
        return new LoopClosedException("'" + loop.name() + "' is " + (ended.isDone() ? "closed" : "closing")
                + " and does not start " + what + "; hand work in before the loop is closed");
    }

    boolean isClosing() {
        return closing;
    }

    boolean isOver() {
        return ended.isDone();
    }

    /** Called whenever no coroutine is alive. */
    void idle() {
        if (closing) {
            idle.complete(null);
        }
    }

    void begin(Duration grace) {
        if (grace.isZero()) {
            hurry.complete(null);
        }
        synchronized (this) {
            if (closing) {
                return;
            }
            closing = true;
        }
        try {
            thread = Thread.ofPlatform().daemon().name(loop.name() + "-end").start(() -> end(grace));
        } catch (Throwable ex) { // no memory for a thread: who closes it again may have more luck
            closing = false;
            throw ex;
        }
    }

    /** Waits until the loop has ended and has no thread, not even this end's own. */
    void await() {
        ended.join();
        Thread last = thread;
        if (last != null) { // else it is about to be noted, and as good as gone
            try {
                last.join(THREADS);
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void end(Duration grace) {
        try {
            if (loop.live() == 0) {
                idle.complete(null);
            }
            letFinish(grace);
            cancelRest();
            loop.executor().shutDown(IDLE_THREADS);
            failWhatStillWaits();
            if (!loop.loopCarrier().shutDown(Durations.nanos(THREADS))) {
                log.warn("A thread of '{}' has not ended within {}: something blocks it", loop.name(), THREADS);
            }
            loop.watchdog().stop();
        } catch (Throwable ex) {
            SafeLog.error(log, ex, "'{}' did not end in order", loop.name());
        } finally {
            ended.complete(null);
        }
    }

    private void letFinish(Duration grace) {
        waitFor(CompletableFuture.anyOf(idle, hurry), grace);
        if (!idle.isDone()) {
            CompletableFuture<@Nullable Void> round = new CompletableFuture<>();
            inTurn(() -> round.complete(null)); // what is ready now still gets its turn
            waitFor(round, BETWEEN_CANCELLATIONS);
        }
    }

    private void cancelRest() {
        boolean named = false;
        long limit = Durations.nanos(cleanUp);
        long since = System.nanoTime();
        while (!idle.isDone() && System.nanoTime() - since < limit) { // a sum could overflow
            boolean first = !named;
            named = true;
            Coroutine<?> holder = Coroutine.of(loop.turn().holder());
            if (holder != null) {
                holder.cancel(true, "'" + loop.name() + "' is closing"); // it may block, and then no turn comes
            }
            inTurn(() -> cancelAll(first));
            waitFor(idle, BETWEEN_CANCELLATIONS);
        }
        if (!idle.isDone()) {
            log.warn(
                    "{} coroutines of '{}' have not ended {} after they were cancelled; they are left to themselves",
                    loop.live(),
                    loop.name(),
                    cleanUp);
        }
    }

    /** Promises that nobody is left to keep, calls that the executor has not begun, waits behind a shield. */
    private void failWhatStillWaits() throws InterruptedException {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        inTurn(() -> {
            loop.over();
            done.complete(null);
        });
        waitFor(done, cleanUp);
        turns.shutdown();
        Thread last = turnsThread;
        if (last != null) {
            last.join(THREADS);
        }
    }

    /**
     * Runs something short in a turn, and not in this thread: who hands the turn on runs what others have put in line, and that
     * may block, as an {@code onCancel} may; no step may take longer than it waits.
     */
    private void inTurn(Runnable action) {
        try {
            turns.execute(() -> loop.turn().run(action));
        } catch (Throwable ex) { // no memory for a thread
            loop.turn().run(action);
        }
    }

    /** Only with the turn. Children are cancelled by their owner's end. */
    private void cancelAll(boolean name) {
        List<Coroutine<?>> rest = loop.belongings().coroutines();
        if (name && !rest.isEmpty()) {
            log.info(
                    "'{}' is closing and cancels {} coroutines that have not finished: {}",
                    loop.name(),
                    rest.size(),
                    rest.stream().limit(20).map(LoopTask::name).collect(Collectors.joining(", ")));
        }
        rest.forEach(coroutine -> coroutine.cancel(true, "'" + loop.name() + "' is closing"));
    }

    private static void waitFor(CompletableFuture<?> future, Duration limit) {
        try {
            future.get(Durations.nanos(limit), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | InterruptedException | ExecutionException ex) {
            // the caller looks at what has come about
        }
    }
}
