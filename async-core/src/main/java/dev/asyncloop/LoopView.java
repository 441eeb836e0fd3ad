package dev.asyncloop;

import dev.asyncloop.CoroutineInfo.State;
import dev.asyncloop.CoroutineTree.Query;
import dev.asyncloop.internal.meter.BusyTime;
import dev.asyncloop.internal.meter.Lateness;
import dev.asyncloop.internal.turn.Successor;
import dev.asyncloop.internal.watchdog.Watchdog;
import dev.asyncloop.internal.watchdog.Watched;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
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

    /** What is shown of one coroutine's children, and how deep any look goes that is limited: to write it nests as deep. */
    private static final int CHILDREN = 1_000;

    private static final int DEPTH = 100;

    /** So far back in the line somebody is looked for who has not begun. */
    private static final int LOOK_AT_LINE = 1_000;

    private final DefaultIOLoop loop;

    private final BusyTime busy;

    private final Lateness lateness;

    private final SlowCallbackReport slowCallbacks;

    private final Looks looks;

    LoopView(DefaultIOLoop loop, BusyTime busy, Lateness lateness, SlowCallbackReport slowCallbacks) {
        this.loop = loop;
        this.busy = busy;
        this.lateness = lateness;
        this.slowCallbacks = slowCallbacks;
        this.looks = new Looks(loop);
    }

    /**
     * Looks at the coroutines: by who has the turn; or, if that can't be had for a while, beside whoever has it. Any thread.
     */
    CoroutineTree look(Query query) {
        if (loop.hasTurn()) {
            return CoroutineTree.inTurn(loop, query);
        }
        CompletableFuture<CoroutineTree> answer = new CompletableFuture<>();
        Runnable look = () -> {
            try {
                answer.complete(CoroutineTree.inTurn(loop, query));
            } catch (Throwable ex) {
                answer.completeExceptionally(ex);
            }
        };
        looks.add(look);
        loop.turn().open(); // which it may be this thread's to do
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
        looks.forget(look);
        return CoroutineTree.beside(loop, query);
    }

    /** As {@link #look(Query)}, at so many of all. */
    CoroutineTree look(int limit) {
        if (limit < 0) {
            throw new IllegalArgumentException(
                    "The limit of a snapshot must not be negative, but was " + limit + "; zero only counts");
        }
        return look(new Query(limit, DEPTH, 0));
    }

    /** As {@link #look(Query)}, at one and what it owns. */
    CoroutineTree lookFor(long id) {
        return look(new Query(CHILDREN, DEPTH, id));
    }

    /** Reads the numbers, without stopping the loop. Any thread. */
    LoopStatistics statistics() {
        Duration lag = lag();
        Lateness.Recent recent = lateness.recent();
        Duration greatest = Duration.ofNanos(recent.greatest());
        return LoopStatistics.of(numbers -> {
            numbers.turns = loop.turn().turns();
            numbers.started = loop.started();
            numbers.live = loop.live();
            numbers.states = states(numbers.live);
            numbers.failures = loop.failures();
            numbers.slowCallbacks = slowCallbacks.count();
            numbers.heldFor = heldFor();
            numbers.timers = loop.timerSet().count();
            numbers.waiting = waiting();
            numbers.executorActive = loop.executor().active();
            numbers.executorWaiting = loop.executor().waiting();
            numbers.executorThreads = loop.executor().threads();
            numbers.stalledFor = stalledFor();
            numbers.lag = lag;
            numbers.medianLag = Duration.ofNanos(recent.quantile(0.5));
            numbers.p99Lag = Duration.ofNanos(recent.quantile(0.99));
            numbers.maxLag = lag.compareTo(greatest) > 0 ? lag : greatest;
            numbers.busyShare = busy.share();
        });
    }

    /** Returns how many wait for the turn, without those who only look. Any thread; an estimate while others join. */
    int waiting() {
        return Math.max(0, loop.turn().waiting() - looks.inLine());
    }

    /** Any thread. To look at each that waits would take long where there are many, and change nothing. */
    private Map<State, Integer> states(int live) {
        int fresh = 0;
        int ready = 0;
        Iterator<Successor> line = loop.turn().line();
        while (line.hasNext()) {
            Coroutine<?> coroutine = Coroutine.of(line.next());
            if (coroutine != null && coroutine.thread() == null) {
                fresh++;
            } else if (coroutine != null) {
                ready++;
            }
        }
        Map<State, Integer> states = new EnumMap<>(State.class);
        int running = Coroutine.of(loop.turn().holder()) != null ? 1 : 0;
        int blocking = loop.inBlocking();
        states.put(State.NEW, fresh);
        states.put(State.RUNNING, running);
        states.put(State.READY, ready);
        states.put(State.WAITING, Math.max(0, live - fresh - running - ready - blocking));
        states.put(State.BLOCKING, blocking);
        return Collections.unmodifiableMap(states);
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

    private List<Watchdog.Held<Watched>> held() {
        return loop.watchdog().held();
    }

    private Duration heldFor() {
        return longest(held -> held.subject() instanceof Watch);
    }

    private Duration stalledFor() {
        return longest(held -> held.subject() instanceof Standstill);
    }

    private Duration longest(Predicate<Watchdog.Held<Watched>> which) {
        return held().stream()
                .filter(which)
                .findFirst()
                .map(held -> Duration.ofNanos(held.nanos()))
                .orElse(Duration.ZERO);
    }

    /** Returns what holds the loop for too long now, if anything does. Any thread but the loop's own. */
    @Nullable
    SlowCallback slowCallback() {
        for (Watchdog.Held<Watched> held : held()) {
            SlowCallback seen = held.nanos() >= limit() && held.subject() instanceof Watch watch
                    ? watch.look(Duration.ofNanos(held.nanos()))
                    : null;
            if (seen != null) {
                return seen;
            }
        }
        return null;
    }

    private long limit() {
        return Durations.nanos(loop.options().slowCallback());
    }

    /** Returns what the loop is about. Any thread but the loop's own. */
    LoopState state() {
        if (loop.isClosed()) {
            return LoopState.CLOSED;
        }
        if (slowCallback() != null) {
            return LoopState.BLOCKED;
        }
        if (stalledFor().toNanos() >= limit()) {
            return LoopState.STALLED;
        }
        return loop.isClosing() ? LoopState.CLOSING : LoopState.RUNNING;
    }
}
