package dev.asyncloop.benchmarks.core;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.gather;
import static dev.asyncloop.Async.withTimeout;
import static dev.asyncloop.Async.yieldNow;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.IOLoopOptions;
import dev.asyncloop.Promise;
import dev.asyncloop.Task;
import dev.asyncloop.channel.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** This project's coroutines, on both carriers. */
@State(Scope.Benchmark)
@NullUnmarked
public class AsyncLoop {

    private static final Duration LONG = Duration.ofMinutes(1);

    /** {@code EVENT_LOOP} or {@code JDK}. */
    @Param({"EVENT_LOOP", "JDK"})
    public Carrier carrier;

    private IOLoop loop;

    /** Starts the loop. */
    @Setup
    public void start() {
        loop = IOLoop.create(IOLoopOptions.defaults().withCarrier(carrier).withSlowCallback(LONG));
    }

    /** Ends it. */
    @TearDown
    public void end() {
        loop.close();
    }

    /** Two coroutines that give way to each other. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS)
    public void switchBetweenTwo() {
        loop.runSync(() -> {
            List<Task<?>> two = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                two.add(Async.spawn(() -> {
                    for (int turn = 0; turn < Count.OPERATIONS / 2; turn++) {
                        yieldNow();
                    }
                }));
            }
            two.forEach(task -> await(task));
            return null;
        });
    }

    /** A child from its start to its end. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS)
    public int startToEnd() {
        return loop.runSync(() -> {
            int sum = 0;
            for (int i = 0; i < Count.OPERATIONS / Count.BATCH; i++) {
                List<Task<Integer>> children = new ArrayList<>(Count.BATCH);
                for (int child = 0; child < Count.BATCH; child++) {
                    children.add(Async.spawn(() -> 1));
                }
                for (Task<Integer> child : children) {
                    sum += await(child);
                }
            }
            return sum;
        });
    }

    /** {@code await} of what is done. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS)
    public int awaitOfDone() {
        return loop.runSync(() -> {
            Promise<Integer> promise = loop.promise("done");
            promise.succeed(1);
            Task<Integer> done = promise.task();
            int sum = 0;
            for (int i = 0; i < Count.OPERATIONS; i++) {
                sum += await(done);
            }
            return sum;
        });
    }

    /** {@code await} of what another coroutine completes then. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS)
    public int awaitOfPending() {
        return loop.runSync(() -> {
            List<Promise<Integer>> there = promises();
            List<Promise<Integer>> back = promises();
            Async.spawn(() -> {
                for (int i = 0; i < there.size(); i++) {
                    back.get(i).succeed(await(there.get(i).task()));
                }
            });
            int sum = 0;
            for (int i = 0; i < there.size(); i++) {
                there.get(i).succeed(1);
                sum += await(back.get(i).task());
            }
            return sum;
        });
    }

    private List<Promise<Integer>> promises() {
        List<Promise<Integer>> promises = new ArrayList<>();
        for (int i = 0; i < Count.OPERATIONS / 2; i++) {
            promises.add(loop.promise("turn"));
        }
        return promises;
    }

    /** Ten children, all of which are waited for. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS / Count.TEN)
    public int gatherOfTen() {
        return loop.runSync(() -> {
            int sum = 0;
            for (int i = 0; i < Count.OPERATIONS / Count.TEN; i++) {
                List<Task<Integer>> ten = new ArrayList<>(Count.TEN);
                for (int child = 0; child < Count.TEN; child++) {
                    ten.add(Async.spawn(() -> 1));
                }
                sum += gather(ten).size();
            }
            return sum;
        });
    }

    /** An item through a channel, from one coroutine to another. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS)
    public int channel() {
        return loop.runSync(() -> {
            Channel<Integer> channel = Channel.of(Count.CAPACITY);
            Async.spawn(() -> {
                for (int i = 0; i < Count.OPERATIONS; i++) {
                    channel.send(i);
                }
                channel.close();
            });
            int sum = 0;
            for (int item : channel) {
                sum += item;
            }
            return sum;
        });
    }

    /** A timer that is cancelled before it is due. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS)
    public int timer() {
        return loop.runSync(() -> {
            int cancelled = 0;
            for (int i = 0; i < Count.OPERATIONS; i++) {
                cancelled += loop.callLater(LONG, () -> {}).cancel() ? 1 : 0;
            }
            return cancelled;
        });
    }

    /** Something with a limit, which does not wait. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS)
    public int timeout() {
        return loop.runSync(() -> {
            int sum = 0;
            for (int i = 0; i < Count.OPERATIONS; i++) {
                sum += withTimeout(LONG, () -> 1);
            }
            return sum;
        });
    }
}
