package dev.asyncloop.benchmarks;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.gather;
import static dev.asyncloop.Async.yieldNow;

import com.sun.management.OperatingSystemMXBean;
import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.IOLoopOptions;
import dev.asyncloop.Promise;
import dev.asyncloop.Task;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What a coroutine costs: CPU time of the whole process, the least of many rounds, as others may share the machine; and heap
 * after a collection. See {@code costs.sh}.
 */
public final class CoroutineCosts {

    private static final int ROUNDS = 10;

    /** The system counts CPU time in steps of 10 ms. */
    private static final int TIMES = 5;

    private static final int COROUTINES = 100_000;

    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private CoroutineCosts() {}

    /** Takes the carrier, {@code EVENT_LOOP} or {@code JDK}. */
    public static void main(String[] args) {
        Carrier carrier = Carrier.valueOf(args[0]);
        IOLoopOptions options = IOLoopOptions.defaults().withCarrier(carrier);
        try (IOLoop loop = IOLoop.create(options);
                IOLoop timed = IOLoop.create(options.withName("timed").withTimedCoroutines(true))) {
            System.out.printf(
                    "%s: switch %d ns, callback %d ns, start to end of one without a name %d ns, with a name %d ns%n",
                    carrier,
                    least(loop, () -> switches()),
                    least(loop, () -> callbacks(loop)),
                    least(loop, () -> children(null)),
                    least(loop, () -> children("GET /quotes/{symbol}")));
            System.out.printf(
                    "%s, timed as for metrics: callback %d ns, start to end of one without a name %d ns%n",
                    carrier, least(timed, () -> callbacks(timed)), least(timed, () -> children(null)));
            System.out.printf(
                    "%s: suspended without a name %d B, with a name %d B%n",
                    carrier, suspended(loop, null), suspended(loop, "GET /quotes/{symbol}"));
        }
    }

    private static long least(IOLoop loop, Callable<@Nullable Void> work) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = SYSTEM.getProcessCpuTime();
            for (int i = 0; i < TIMES; i++) {
                loop.runSync(work);
            }
            least = Math.min(least, SYSTEM.getProcessCpuTime() - before);
        }
        return least / (TIMES * COROUTINES);
    }

    private static @Nullable Void switches() {
        List<Task<?>> two = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            two.add(Async.spawn(() -> {
                for (int turn = 0; turn < COROUTINES / 2; turn++) {
                    yieldNow();
                }
                return null;
            }));
        }
        two.forEach(task -> await(task));
        return null;
    }

    private static @Nullable Void callbacks(IOLoop loop) {
        for (int i = 0; i < COROUTINES; i++) {
            loop.addCallback(() -> {});
            if (i % 1_000 == 999) {
                yieldNow();
            }
        }
        return null;
    }

    private static @Nullable Void children(@Nullable String name) {
        List<Task<Integer>> some = new ArrayList<>();
        for (int i = 0; i < COROUTINES; i++) {
            some.add(name == null ? Async.spawn(() -> 1) : Async.spawn(name, () -> 1));
            if (some.size() == 1_000) {
                gather(some);
                some.clear();
            }
        }
        return null;
    }

    private static long suspended(IOLoop loop, @Nullable String name) {
        Promise<Integer> promise = loop.promise("all");
        Task<Integer> awaited = promise.task();
        Task<?>[] tasks = new Task<?>[COROUTINES];
        long before = usedHeap();
        for (int i = 0; i < COROUTINES; i++) {
            tasks[i] = name == null ? loop.spawn(() -> await(awaited)) : loop.spawn(name, () -> await(awaited));
        }
        loop.runSync(() -> null);
        long used = usedHeap() - before;
        promise.succeed(1);
        for (Task<?> task : tasks) {
            task.join();
        }
        return used / COROUTINES;
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
