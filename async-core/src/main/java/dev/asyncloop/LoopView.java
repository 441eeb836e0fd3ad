package dev.asyncloop;

import dev.asyncloop.internal.meter.BusyTime;
import dev.asyncloop.internal.turn.Successor;
import dev.asyncloop.internal.watchdog.Watchdog;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A loop as it is seen from outside: its coroutines, its numbers, and what holds it. Does not stop it, and answers also
 * while it is blocked.
 */
final class LoopView {

    /** How long a look at the coroutines waits for the turn while nobody gives it away. */
    private static final Duration LOOK_WITHOUT_TURN = Duration.ofMillis(100);

    /** So often it waits while others have their turns. */
    private static final int MOST_WAITS = 20;

    /** So far back in the line somebody is looked for who has not begun. */
    private static final int LOOK_AT_LINE = 1_000;

    private final DefaultIOLoop loop;

    private final BusyTime busy;

    private final SlowCallbackReport slowCallbacks;

    LoopView(DefaultIOLoop loop, BusyTime busy, SlowCallbackReport slowCallbacks) {
        this.loop = loop;
        this.busy = busy;
        this.slowCallbacks = slowCallbacks;
    }

    /**
     * Looks at the coroutines: by who has the turn; or, if that can't be had for a while, beside whoever has it. Any thread.
     */
    CoroutineTree look() {
        CompletableFuture<CoroutineTree> answer = new CompletableFuture<>();
        loop.inTurn(() -> {
            if (!answer.isDone()) {
                answer.complete(CoroutineTree.inTurn(loop));
            }
        });
        long turns;
        int waits = 0;
        do { // while others come and go a look without the turn would miss much
            turns = loop.turn().turns();
            try {
                return answer.get(Durations.nanos(LOOK_WITHOUT_TURN), TimeUnit.NANOSECONDS);
            } catch (TimeoutException ex) {
                waits++;
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
                waits = MOST_WAITS;
            } catch (ExecutionException ex) {
                throw Failures.toThrow(ex);
            }
        } while (loop.turn().turns() != turns && waits < MOST_WAITS);
        answer.cancel(false); // nobody is left to look for
        return CoroutineTree.beside(loop);
    }

    /** Reads the numbers, without stopping the loop. Any thread. */
    LoopStatistics statistics() {
        Duration lag = lag();
        Duration greatest = Duration.ofNanos(loop.timerSet().greatestLateness());
        return LoopStatistics.of(numbers -> {
            numbers.turns = loop.turn().turns();
            numbers.started = loop.started();
            numbers.live = loop.live();
            numbers.failures = loop.failures();
            numbers.slowCallbacks = slowCallbacks.count();
            numbers.heldFor = heldFor();
            numbers.timers = loop.timerSet().count();
            numbers.waiting = loop.turn().waiting();
            numbers.executorActive = loop.executorPool().getActiveCount();
            numbers.executorWaiting = loop.executorPool().getQueue().size();
            numbers.lag = lag;
            numbers.maxLag = lag.compareTo(greatest) > 0 ? lag : greatest;
            numbers.busyShare = busy.share();
        });
    }

    /** Any thread. Those who go on after a wait have not noted when it ended, so they do not count. */
    private Duration lag() {
        long longest = loop.timerSet().late();
        Iterator<Successor> line = loop.turn().line();
        for (int i = 0; i < LOOK_AT_LINE && line.hasNext(); i++) {
            if (line.next() instanceof Coroutine<?> coroutine && coroutine.thread() == null) {
                longest = Math.max(longest, loop.clock().nanoTime() - coroutine.startedAt());
                break;
            }
        }
        return Duration.ofNanos(longest);
    }

    private Duration heldFor() {
        return loop.watchdog().held().stream()
                .findFirst()
                .map(held -> Duration.ofNanos(held.nanos()))
                .orElse(Duration.ZERO);
    }

    /** Returns what holds the loop for too long now, if anything does. Any thread but the loop's own. */
    @Nullable
    SlowCallback slowCallback() {
        long limit = Durations.nanos(loop.options().slowCallback());
        for (Watchdog.Held<Watch> held : loop.watchdog().held()) {
            SlowCallback seen = held.nanos() >= limit ? held.subject().look(Duration.ofNanos(held.nanos())) : null;
            if (seen != null) {
                return seen;
            }
        }
        return null;
    }
}
