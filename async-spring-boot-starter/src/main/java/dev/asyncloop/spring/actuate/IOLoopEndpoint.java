package dev.asyncloop.spring.actuate;

import dev.asyncloop.Carrier;
import dev.asyncloop.CoroutineInfo;
import dev.asyncloop.IOLoop;
import dev.asyncloop.IOLoopOptions;
import dev.asyncloop.LoopState;
import dev.asyncloop.LoopStatistics;
import dev.asyncloop.SlowCallback;
import dev.asyncloop.SlowCallbackRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * {@code /actuator/ioloop}: what the loop does. Answers at once, also while the loop is blocked, and says so. Any thread but the
 * loop's own.
 */
@Endpoint(id = "ioloop")
public final class IOLoopEndpoint {

    private final IOLoop loop;

    private final List<WaitingLines> lines;

    /** Makes an endpoint that tells these lines beside those of the loop itself. */
    public IOLoopEndpoint(IOLoop loop, List<WaitingLines> lines) {
        this.loop = loop;
        this.lines = List.copyOf(lines);
    }

    /** Returns what the loop does now. */
    @ReadOperation
    public LoopDescriptor ioloop() {
        LoopStatistics numbers = loop.statistics();
        LoopCondition condition = LoopCondition.of(loop);
        IOLoopOptions options = loop.options();
        return new LoopDescriptor(
                loop.name(),
                loop.carrier(),
                loop.transport(),
                loop.threadName(),
                condition.state(),
                HeldBy.of(condition.blocked()),
                numbers.stalledFor(),
                numbers.turns(),
                new Lag(numbers.lag(), numbers.medianLag(), numbers.p99Lag(), numbers.maxLag()),
                Math.round(numbers.busyShare() * 1_000) / 1_000.0,
                lines(numbers, options),
                numbers.timers(),
                new Coroutines(
                        numbers.live(),
                        options.maxCoroutines(),
                        numbers.started(),
                        numbers.failures(),
                        numbers.states()),
                new Executor(
                        numbers.executorThreads(),
                        options.executorThreads(),
                        numbers.executorActive(),
                        numbers.executorWaiting(),
                        options.executorQueue()),
                new SlowCallbacks(
                        numbers.slowCallbacks(),
                        loop.slowCallbacks().stream().map(PastHeldBy::of).toList()));
    }

    private List<WaitingLine> lines(LoopStatistics numbers, IOLoopOptions options) {
        List<WaitingLine> all = new ArrayList<>();
        all.add(new WaitingLine(
                "turn", numbers.states().get(CoroutineInfo.State.RUNNING), 1, numbers.waiting(), null, null));
        all.add(new WaitingLine(
                "executor",
                numbers.executorActive(),
                options.executorThreads(),
                numbers.executorWaiting(),
                options.executorQueue(),
                null));
        lines.forEach(more -> all.addAll(more.lines()));
        return List.copyOf(all);
    }

    /**
     * A loop.
     *
     * @param name its name
     * @param carrier what carries its coroutines
     * @param transport Netty's transport
     * @param thread the platform thread that carries everything; on the JDK carrier Netty's
     * @param state what it is about
     * @param blocked what holds it too long now, if anything does
     * @param stalledFor for how long nobody has begun a turn although there is something to do
     * @param turns how many turns there were
     * @param lag how late things are
     * @param busyShare the share of the last 4 to 5 s in which it had something to do, from 0 to 1
     * @param lines where something waits
     * @param timers how many timers are set
     * @param coroutines its coroutines in numbers
     * @param executor the threads of {@code runInExecutor}
     * @param slowCallbacks what has held it too long
     */
    public record LoopDescriptor(
            String name,
            Carrier carrier,
            String transport,
            String thread,
            LoopState state,
            @Nullable HeldBy blocked,
            Duration stalledFor,
            long turns,
            Lag lag,
            double busyShare,
            List<WaitingLine> lines,
            int timers,
            Coroutines coroutines,
            Executor executor,
            SlowCallbacks slowCallbacks)
            implements OperationResponseBody {}

    /**
     * How late things are.
     *
     * @param now what is due and waits, at this moment
     * @param p50 half of what was due in the last 13 to 17 s was later by no more
     * @param p99 99 of 100
     * @param max the most
     */
    public record Lag(Duration now, Duration p50, Duration p99, Duration max) {}

    /**
     * Coroutines in numbers.
     *
     * @param live those that have not ended
     * @param max most that may live
     * @param started all so far, callbacks and timers included
     * @param failures of tasks that nobody awaited
     * @param states how many of the live ones are in each state
     */
    public record Coroutines(
            int live, int max, long started, long failures, Map<CoroutineInfo.State, Integer> states) {}

    /**
     * The threads of {@code runInExecutor}.
     *
     * @param threads that there are
     * @param maxThreads most that there may be
     * @param active calls that run
     * @param waiting calls that wait for a thread
     * @param maxWaiting most that may wait
     */
    public record Executor(int threads, int maxThreads, int active, int waiting, int maxWaiting) {}

    /**
     * What has held the loop too long.
     *
     * @param count how many were reported
     * @param last the last of them, the latest first
     */
    public record SlowCallbacks(long count, List<PastHeldBy> last) {}

    /**
     * Something that has held the loop too long, and may do so still.
     *
     * @param begun since when
     * @param over whether it has let it go
     * @param held what was held
     * @param by who held it
     * @param heldFor for how long in all, or so far
     * @param waiting how many were ready and waited when it was seen
     * @param what what the holder did, as a part of a sentence
     * @param wayOut what to do about it
     * @param stack where the holder was, innermost first
     */
    public record PastHeldBy(
            Instant begun,
            boolean over,
            SlowCallback.Held held,
            String by,
            Duration heldFor,
            int waiting,
            String what,
            String wayOut,
            List<String> stack) {

        static PastHeldBy of(SlowCallbackRecord seen) {
            SlowCallback callback = seen.callback();
            return new PastHeldBy(
                    seen.begun(),
                    seen.over(),
                    callback.held(),
                    callback.name(),
                    callback.heldFor(),
                    callback.waiting(),
                    callback.what(),
                    callback.wayOut(),
                    Stacks.text(callback.stack()));
        }
    }
}
