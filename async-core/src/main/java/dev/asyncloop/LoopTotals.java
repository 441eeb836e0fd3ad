package dev.asyncloop;

import java.time.Duration;
import java.util.Map;

/**
 * What a loop has done so far: numbers that only grow, for meters that are read from time to time; see
 * {@link IOLoop#totals()}. Each is read by itself while the loop goes on.
 *
 * @param busy for how long somebody has had the turn, or, on {@link Carrier#EVENT_LOOP}, Netty something to do
 * @param coroutines the coroutines that have ended, those of {@link #callbacks} not included; empty unless
 *     {@link IOLoopOptions#timedCoroutines} is set
 * @param callbacks the callbacks that have ended: those handed in as such, those of timers, and what depended on a task; each
 *     may have waited, as any coroutine. Empty unless {@link IOLoopOptions#timedCoroutines} is set
 * @param executorCalls how many calls of {@link IOLoop#runInExecutor} have ended
 * @param executorRefused how many were refused with {@link ExecutorFullException}
 */
public record LoopTotals(
        Duration busy,
        Map<Outcome, Lived> coroutines,
        Map<Outcome, Lived> callbacks,
        long executorCalls,
        long executorRefused) {

    /** How a coroutine ends. */
    public enum Outcome {
        /** Its body has returned. */
        RETURNED,
        /** Its body has thrown; whether anybody minds is not known here. */
        FAILED,
        /** It was cancelled, and ended with that. */
        CANCELLED
    }

    /**
     * How many have ended, and how old they were.
     *
     * @param count how many there were
     * @param time how long they lived together, from when they were started on, waits included; by the loop's clock
     * @param longest the longest life of those that ended in the last 10 to 20 seconds
     */
    public record Lived(long count, Duration time, Duration longest) {}
}
