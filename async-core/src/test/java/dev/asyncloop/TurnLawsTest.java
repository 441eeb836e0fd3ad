package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Laws 1, 2 and 6: one at a time, switch only where you await, fair. */
class TurnLawsTest {

    /** Counts without any synchronisation, and notices when two are in it at once. */
    private static final class Shared {
        int count;
        int inside;
        int overlaps;

        void touch() {
            if (++inside != 1) {
                overlaps++;
            }
            count++;
            Thread.onSpinWait();
            inside--;
        }
    }

    @OnBothCarriers
    void coroutinesCallbacksTimersAndDependentsNeverRunAtTheSameTime(Carrier carrier) throws Exception {
        Shared shared = new Shared();
        int rounds = 2_000;
        CountDownLatch ended = new CountDownLatch(4 * rounds);
        try (IOLoop loop = IOLoop.create(Loops.options(carrier).withExecutorQueue(rounds))) {
            Runnable touch = () -> {
                shared.touch();
                ended.countDown();
            };
            Thread foreign = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < rounds; i++) {
                    loop.addCallback(touch);
                    loop.callLater(Duration.ofNanos(i * 500L), touch);
                    loop.spawn(() -> 1).thenAccept(one -> touch.run());
                }
            });
            for (int i = 0; i < rounds; i++) {
                loop.spawn(() -> {
                    shared.touch();
                    yieldNow();
                    shared.touch();
                    sleep(Duration.ofNanos(100));
                    shared.touch();
                    blocking(() -> Thread.holdsLock(shared));
                    shared.touch();
                    await(loop.runInExecutor(() -> 1));
                    touch.run();
                });
            }
            foreign.join();
            assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
            loop.runSync(() -> {
                assertThat(shared.overlaps).isZero();
                assertThat(shared.count).isEqualTo(8 * rounds);
                return null;
            });
        }
    }

    @OnBothCarriers
    void aBlockingJdkCallKeepsTheTurn(Carrier carrier) throws Exception {
        try (CapturedLog log = CapturedLog.withWatchdog();
                IOLoop loop = Loops.on(carrier)) {
            List<String> order = new ArrayList<>();
            Semaphore reported = new Semaphore(0);
            Task<?> both = loop.spawn(() -> {
                Task<?> first = Async.spawn(() -> {
                    order.add("first begins");
                    reported.tryAcquire(20, TimeUnit.SECONDS);
                    order.add("first ends");
                    return null;
                });
                Task<?> second = Async.spawn(() -> order.add("second"));
                await(first);
                return await(second);
            });
            log.await(message -> message.contains("has kept the turn"));
            reported.release();
            both.get(20, TimeUnit.SECONDS);
            assertThat(order).containsExactly("first begins", "first ends", "second");
        }
    }

    @OnBothCarriers
    void insideBlockingTheOthersGoOn(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> order = new ArrayList<>();
            Semaphore served = new Semaphore(0);
            loop.runSync(() -> {
                Task<?> first = Async.spawn(() -> {
                    order.add("first begins");
                    blocking(() -> {
                        served.acquire();
                        return null;
                    });
                    order.add("first ends");
                    return null;
                });
                Task<?> second = Async.spawn(() -> {
                    order.add("second");
                    served.release();
                    return null;
                });
                await(first);
                return await(second);
            });
            assertThat(order).containsExactly("first begins", "second", "first ends");
        }
    }

    @OnBothCarriers
    void ioGoesOnWhileACoroutineBlocks(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                CountDownLatch io = new CountDownLatch(1);
                loop.eventLoopGroup().execute(io::countDown);
                assertThat(io.await(20, TimeUnit.SECONDS)).isTrue();
                return null;
            });
        }
    }

    @OnBothCarriers
    void firstInFirstOut(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> order = new ArrayList<>();
            loop.runSync(() -> {
                List<Task<?>> tasks = new ArrayList<>();
                for (String name : List.of("a", "b", "c")) {
                    tasks.add(Async.spawn(() -> {
                        for (int i = 0; i < 3; i++) {
                            order.add(name + i);
                            yieldNow();
                        }
                        return null;
                    }));
                }
                return Async.gather(tasks);
            });
            assertThat(order).containsExactly("a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2");
        }
    }

    @OnBothCarriers
    void aWaitOnSomethingDoneCostsNoTurnButNotForEver(Carrier carrier) {
        CompletableFuture<Integer> done = CompletableFuture.completedFuture(1);
        try (IOLoop loop = Loops.on(carrier, new ManualClock())) {
            assertThat(orderOfFiveWaitsEach(loop, done)).isEqualTo("aaaaabbbbb");

            int waits = loop.runSync(() -> {
                boolean[] others = new boolean[1];
                Task<?> other = Async.spawn(() -> others[0] = true);
                int count = 0;
                while (!others[0]) {
                    await(done);
                    count++;
                }
                await(other);
                return count;
            });
            assertThat(waits).isEqualTo(129);
        }
    }

    private static String orderOfFiveWaitsEach(IOLoop loop, CompletableFuture<Integer> done) {
        StringBuilder order = new StringBuilder();
        loop.runSync(() -> {
            List<Task<?>> tasks = new ArrayList<>();
            for (String name : List.of("a", "b")) {
                tasks.add(Async.spawn(() -> {
                    for (int i = 0; i < 5; i++) {
                        order.append(name);
                        await(done);
                    }
                    return null;
                }));
            }
            return Async.gather(tasks);
        });
        return order.toString();
    }

    @OnBothCarriers
    void spinningCoroutinesLeaveIoItsShare(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            boolean[] over = new boolean[1];
            Task<Long> spinner = loop.spawn(() -> {
                long turns = 0;
                while (!over[0]) {
                    yieldNow();
                    turns++;
                }
                return turns;
            });
            for (int i = 0; i < 20; i++) {
                CountDownLatch io = new CountDownLatch(1);
                loop.eventLoopGroup().execute(io::countDown);
                assertThat(io.await(20, TimeUnit.SECONDS)).isTrue();
            }
            loop.addCallback(() -> over[0] = true);
            assertThat(spinner.get(20, TimeUnit.SECONDS)).isPositive();
        }
    }

    @OnBothCarriers
    void aFloodOfIoTasksLeavesCoroutinesTheirShare(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            CountDownLatch over = new CountDownLatch(1);
            Runnable[] again = new Runnable[1];
            again[0] = () -> {
                if (over.getCount() > 0) {
                    loop.eventLoopGroup().execute(again[0]);
                }
            };
            for (int i = 0; i < 10; i++) {
                loop.eventLoopGroup().execute(again[0]);
            }
            for (int i = 0; i < 20; i++) {
                assertThat(loop.spawn(() -> 1).get(20, TimeUnit.SECONDS)).isEqualTo(1);
            }
            over.countDown();
        }
    }

    @OnBothCarriers
    void aLockThatACoroutineANettyHandlerAndAThirdThreadWantDoesNotFreezeTheLoop(Carrier carrier) throws Exception {
        ReentrantLock lock = new ReentrantLock();
        contend(carrier, body -> {
            lock.lock();
            try {
                body.run();
            } finally {
                lock.unlock();
            }
        });
    }

    @OnBothCarriers
    void aMonitorThatACoroutineANettyHandlerAndAThirdThreadWantDoesNotFreezeTheLoop(Carrier carrier) throws Exception {
        Object monitor = new Object();
        contend(carrier, body -> {
            synchronized (monitor) {
                body.run();
            }
        });
    }

    private interface Section {
        void run(Runnable body);
    }

    /** Has all three at the lock again and again, the third one holding it while both others wait. */
    private static void contend(Carrier carrier, Section section) throws Exception {
        int rounds = 200;
        int[] count = new int[1];
        try (IOLoop loop = Loops.on(carrier)) {
            for (int i = 0; i < rounds; i++) {
                CountDownLatch ended = new CountDownLatch(3);
                CountDownLatch held = new CountDownLatch(1);
                CountDownLatch wanted = new CountDownLatch(2);
                Runnable body = () -> {
                    count[0]++;
                    ended.countDown();
                };
                Thread third = Thread.ofPlatform()
                        .start(() -> section.run(() -> {
                            held.countDown();
                            awaitUninterruptibly(wanted);
                            body.run();
                        }));
                assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
                loop.addCallback(() -> {
                    wanted.countDown();
                    section.run(body);
                });
                loop.eventLoopGroup().execute(() -> {
                    wanted.countDown();
                    section.run(body);
                });
                assertThat(ended.await(20, TimeUnit.SECONDS)).as("round %s", i).isTrue();
                third.join();
            }
            assertThat(loop.runSync(() -> count[0])).isEqualTo(3 * rounds);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                done = latch.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException ex) {
                throw new AssertionError(ex);
            }
        }
    }

    /** As the loop's own log output may be, which nobody awaited failures and timers cause. */
    @OnBothCarriers
    void aLockThatWhatATimerSetsOffWantsDoesNotFreezeTheLoop(Carrier carrier) throws Exception {
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch letGo = new CountDownLatch(1);
        CountDownLatch ran = new CountDownLatch(1);
        try (IOLoop loop = Loops.on(carrier)) {
            loop.eventLoopGroup().execute(() -> {
                lock.lock();
                held.countDown();
                awaitUninterruptibly(letGo);
                lock.unlock();
            });
            assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
            ((DefaultIOLoop) loop).timer(Duration.ofMillis(1), "a test", () -> {
                lock.lock();
                lock.unlock();
                ran.countDown();
            });
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!lock.hasQueuedThreads()) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                Thread.onSpinWait();
            }
            letGo.countDown();
            assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @OnBothCarriers
    void aLockHeldAcrossASleepDoesNotFreezeTheTimers(Carrier carrier) {
        ReentrantLock lock = new ReentrantLock();
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            CountDownLatch io = new CountDownLatch(1);
            boolean ioRan = loop.runSync(() -> {
                lock.lock();
                try {
                    loop.eventLoopGroup().execute(() -> {
                        lock.lock();
                        lock.unlock();
                        io.countDown();
                    });
                    sleep(Duration.ofMillis(
                            50)); // Netty's thread is stuck behind this lock; the timer goes off all the same
                } finally {
                    lock.unlock();
                }
                return blocking(() -> io.await(20, TimeUnit.SECONDS));
            });
            assertThat(ioRan).isTrue();
        }
    }
}
