package dev.asyncloop;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Numbers of a loop at one moment; see {@link IOLoop#statistics()}. Each is read by itself while the loop goes on, so two of
 * them need not fit to the last.
 *
 * @param turns how many turns there were
 * @param started how many coroutines were started, callbacks and timers included
 * @param live how many of them have not ended
 * @param states how many of these are in each state; those that neither wait in line nor have the turn nor are in
 *     {@link Async#blocking}, or in a wait of the JDK's that gives way, count as waiting
 * @param failures how many tasks have failed without anybody awaiting them; each is in the log
 * @param slowCallbacks how many slow callbacks were reported; each is in the log
 * @param heldFor for how long somebody has held the turn, the carrier or the event loop by now; zero if nobody does, known
 *     to a quarter of {@link IOLoopOptions#slowCallback}, and never more than it is
 * @param stalledFor for how long nobody has begun a turn by now, although somebody is ready, a timer is due or a turn lasts;
 *     zero if there is nothing to do. Known as {@link #heldFor} is
 * @param timers how many timers are set: of callbacks, sleeps and limits
 * @param waiting how many wait for the turn
 * @param executorThreads how many threads the executor has
 * @param executorActive how many calls of {@link IOLoop#runInExecutor} run
 * @param executorWaiting how many of them wait for a thread
 * @param lag how long what is due has been waiting: the timer that was due first and has not been set off, or the first
 *     coroutine in line that has not begun. By the loop's clock; zero if there is none
 * @param medianLag the {@link #lag} that one half of what was due in the last 13 to 17 seconds did not exceed, or an eighth
 *     more: of timers when they were set off, of coroutines at their first turn. Where many start, every 16th is looked at
 * @param p99Lag the same for 99 of 100
 * @param maxLag the greatest of these, or the one of now
 * @param busyShare the share of the last 4 to 5 seconds, from 0 to 1, in which somebody had the turn, or, on
 *     {@link Carrier#EVENT_LOOP}, Netty had something to do: it shares the thread
 */
public record LoopStatistics(
        long turns,
        long started,
        int live,
        Map<CoroutineInfo.State, Integer> states,
        long failures,
        long slowCallbacks,
        Duration heldFor,
        Duration stalledFor,
        int timers,
        int waiting,
        int executorThreads,
        int executorActive,
        int executorWaiting,
        Duration lag,
        Duration medianLag,
        Duration p99Lag,
        Duration maxLag,
        double busyShare) {

    /** Makes one of what is set by name. */
    static LoopStatistics of(Consumer<Draft> numbers) {
        Draft draft = new Draft();
        numbers.accept(draft);
        return draft.finish();
    }

    /** So many numbers in a row could be mixed up. */
    static final class Draft {

        long turns;

        long started;

        int live;

        Map<CoroutineInfo.State, Integer> states = Map.of();

        long failures;

        long slowCallbacks;

        Duration heldFor = Duration.ZERO;

        Duration stalledFor = Duration.ZERO;

        int timers;

        int waiting;

        int executorThreads;

        int executorActive;

        int executorWaiting;

        Duration lag = Duration.ZERO;

        Duration medianLag = Duration.ZERO;

        Duration p99Lag = Duration.ZERO;

        Duration maxLag = Duration.ZERO;

        double busyShare;

        private Draft() {}

        private LoopStatistics finish() {
            return new LoopStatistics(
                    turns,
                    started,
                    live,
                    states,
                    failures,
                    slowCallbacks,
                    heldFor,
                    stalledFor,
                    timers,
                    waiting,
                    executorThreads,
                    executorActive,
                    executorWaiting,
                    lag,
                    medianLag,
                    p99Lag,
                    maxLag,
                    busyShare);
        }
    }
}
