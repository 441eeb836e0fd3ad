package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.channel.Channel;
import dev.asyncloop.sync.Event;
import dev.asyncloop.sync.Lock;
import dev.asyncloop.sync.Semaphore;
import dev.asyncloop.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Law 6: what need not wait costs no turn, and leaves the others their share all the same. */
class FreeWaitsTest {

    /** So many waits in a row are free; the next one gives the others a turn. */
    private static final int BUDGET = 128;

    private static final long BUDGET_NANOS = 1_000_000;

    interface Op {
        void run() throws Exception;
    }

    /** Waits that have nothing to wait for; made in the coroutine that is going to do them. */
    enum FreeWait {
        COMPLETED_FUTURE(() -> {
            CompletableFuture<Integer> done = CompletableFuture.completedFuture(1);
            return () -> await(done);
        }),
        FAILED_FUTURE(() -> {
            CompletableFuture<Integer> failed = CompletableFuture.failedFuture(new IllegalStateException("no"));
            return () -> {
                try {
                    await(failed);
                } catch (IllegalStateException ex) {
                    return;
                }
                throw new AssertionError("no failure");
            };
        }),
        DONE_TASK(() -> {
            Task<Integer> task = doneTask();
            return () -> await(task);
        }),
        TASK_GET(() -> doneTask()::get),
        TASK_GET_WITH_A_LIMIT(() -> {
            Task<Integer> task = doneTask();
            return () -> task.get(1, TimeUnit.HOURS);
        }),
        TASK_JOIN(() -> {
            Task<Integer> task = doneTask();
            return task::join;
        }),
        CHECKPOINT(() -> Async::checkpoint),
        GATHER(() -> {
            List<CompletableFuture<Integer>> done = List.of(CompletableFuture.completedFuture(1));
            return () -> Async.gather(done);
        }),
        GATHER_OF_NOTHING(() -> () -> Async.gather(List.of())),
        GATHER_ALL(() -> {
            List<Task<Integer>> done = List.of(doneTask());
            return () -> Async.gatherAll(done);
        }),
        AS_COMPLETED(() -> {
            List<Task<Integer>> done = List.of(doneTask());
            return () -> Async.asCompleted(done).forEach(Async::await);
        }),
        TASK_GROUP(() -> () -> TaskGroup.run(group -> await(doneFuture()))),
        WITH_TIMEOUT(() -> () -> Async.withTimeout(Duration.ofHours(1), () -> await(doneFuture()))),
        SHIELDED(() -> () -> Async.shielded(() -> await(doneFuture()))),
        SUSPENSION(() -> () -> {
            Suspension<Integer> suspension = Suspension.begin("a test");
            suspension.resume(1);
            suspension.await();
        }),
        CHANNEL(() -> {
            Channel<Integer> channel = Channel.of(1);
            return () -> {
                channel.send(1);
                channel.receive();
            };
        }),
        LOCK(() -> {
            Lock lock = new Lock();
            return () -> {
                lock.lock();
                lock.unlock();
            };
        }),
        SEMAPHORE(() -> {
            Semaphore semaphore = new Semaphore(1);
            return () -> {
                semaphore.acquire();
                semaphore.release();
            };
        }),
        EVENT(() -> {
            Event event = new Event();
            event.set();
            return event::await;
        });

        private final Supplier<Op> ops;

        FreeWait(Supplier<Op> ops) {
            this.ops = ops;
        }

        private static CompletableFuture<Integer> doneFuture() {
            return CompletableFuture.completedFuture(1);
        }

        private static Task<Integer> doneTask() {
            Task<Integer> task = Async.spawn(() -> 1);
            await(task);
            return task;
        }
    }

    static Stream<Arguments> freeWaits() {
        return Stream.of(Carrier.values())
                .flatMap(carrier -> Arrays.stream(FreeWait.values()).map(wait -> Arguments.of(carrier, wait)));
    }

    @ParameterizedTest
    @MethodSource("freeWaits")
    void whoNeverHasToWaitGivesTheOthersATurnWithinTheBudget(Carrier carrier, FreeWait wait) throws Exception {
        int rounds = 50;
        int loopers = 2;
        int[] sinceOther = new int[1];
        int[] most = new int[1];
        boolean[] over = new boolean[1];
        try (IOLoop loop = Loops.on(carrier)) {
            Task<List<Object>> all = loop.spawn(() -> {
                List<Task<Object>> tasks = new ArrayList<>();
                for (int i = 0; i < loopers; i++) {
                    tasks.add(Async.spawn(() -> {
                        Op op = wait.ops.get();
                        while (!over[0]) {
                            op.run();
                            sinceOther[0]++;
                        }
                        return null;
                    }));
                }
                tasks.add(Async.spawn(() -> {
                    for (int i = 0; i < rounds; i++) {
                        sinceOther[0] = 0;
                        yieldNow();
                        most[0] = Math.max(most[0], sinceOther[0]);
                    }
                    over[0] = true;
                    return null;
                }));
                return Async.gather(tasks);
            });
            all.get(20, TimeUnit.SECONDS);
        }
        assertThat(most[0]).isBetween(1, loopers * (BUDGET + 1));
    }

    @OnBothCarriers
    void whoHasHadAMillisecondGivesTheOthersATurn(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThat(orderOfSlowSteps(loop)).isEqualTo("aabbaabbab"); // counted from a turn's first wait
        }
    }

    /** What comes when in a test does not depend on how fast the machine is. */
    @OnBothCarriers
    void inVirtualTimeNoTimePassesInATurn(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier, new ManualClock())) {
            assertThat(orderOfSlowSteps(loop)).isEqualTo("aaaaabbbbb");
        }
    }

    /** Returns who had its step when, of two coroutines whose every step takes longer than a coroutine may. */
    private static String orderOfSlowSteps(IOLoop loop) {
        StringBuilder order = new StringBuilder();
        loop.runSync(() -> {
            List<Task<Void>> tasks = new ArrayList<>();
            for (String name : List.of("a", "b")) {
                tasks.add(Async.spawn(() -> {
                    for (int i = 0; i < 5; i++) {
                        order.append(name);
                        long end = System.nanoTime() + 2 * BUDGET_NANOS;
                        while (System.nanoTime() < end) {
                            Thread.onSpinWait();
                        }
                        await(CompletableFuture.completedFuture(1));
                    }
                }));
            }
            return Async.gather(tasks);
        });
        return order.toString();
    }
}
