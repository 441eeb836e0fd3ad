package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.shielded;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Law 8, an orderly end, and law 7, bounded. */
class EndTest {

    @OnBothCarriers
    void helloWorldAsInTornado(Carrier carrier) {
        List<String> said = new ArrayList<>();
        IOLoop loop = Loops.on(carrier);
        loop.addCallback(() -> {
            said.add("Hello, world");
            loop.stop();
        });
        loop.awaitStopped();
        assertThat(said).containsExactly("Hello, world");
    }

    @OnBothCarriers
    void runClosesItsLoop(Carrier carrier) {
        List<IOLoop> loops = new ArrayList<>();
        assertThat(IOLoop.<Integer>run(() -> {
                    loops.add(IOLoop.current());
                    sleep(Duration.ofMillis(1));
                    return 42;
                }))
                .isEqualTo(42);
        assertThatThrownBy(() -> loops.getFirst().spawn(() -> 1)).isInstanceOf(LoopClosedException.class);
    }

    @OnBothCarriers
    void closeLetsCoroutinesFinishAndNewWorkIsRefused(Carrier carrier) throws Exception {
        IOLoop loop = Loops.on(carrier);
        Semaphore go = new Semaphore(0);
        CountDownLatch started = new CountDownLatch(1);
        Task<Integer> task = loop.spawn(() -> {
            started.countDown();
            blocking(() -> go.tryAcquire(20, TimeUnit.SECONDS));
            return await(Async.spawn(() -> 5)); // its own may be started to finish
        });
        started.await();
        Thread closer = Thread.ofPlatform().start(loop::close);
        boolean refused = false;
        while (!refused) {
            try {
                loop.addCallback(() -> {});
            } catch (LoopClosedException ex) {
                refused = true;
                assertThat(ex).hasMessageContaining("'test' is clos");
            }
        }
        go.release();
        closer.join();
        assertThat(task.get()).isEqualTo(5);
    }

    @OnBothCarriers
    void whatDoesNotFinishWithinTheGracePeriodIsCancelledAndNamed(Carrier carrier) {
        try (CapturedLog log = new CapturedLog()) {
            IOLoop loop = IOLoop.create(Loops.options(carrier).withGracePeriod(Duration.ofMillis(30)));
            Task<?> sleeper = loop.spawn("sleeper", () -> sleep(Duration.ofHours(1)));
            Task<?> blocker = loop.spawn("blocker", () -> {
                new Semaphore(0).acquire();
                return null;
            });
            loop.close();
            assertThat(sleeper.isCancelled()).isTrue();
            assertThat(blocker.isCancelled()).isTrue();
            assertThat(log.messages()).anyMatch(message -> message.contains("closing") && message.contains("sleeper"));
        }
    }

    @OnBothCarriers
    void whatStillWaitsAtTheEndFails(Carrier carrier) {
        IOLoop loop = Loops.on(carrier);
        Task<Integer> never = loop.<Integer>promise("never").task();
        loop.close();
        assertThatThrownBy(() -> never.get(20, TimeUnit.SECONDS))
                .isInstanceOf(CancellationException.class)
                .hasStackTraceContaining("'test' is closed");
    }

    @OnBothCarriers
    void aClosedLoopHasNoThread(Carrier carrier) {
        IOLoop loop = IOLoop.create(Loops.options(carrier).withName("traceless"));
        loop.runSync(() -> await(loop.runInExecutor(() -> 1)));
        loop.close();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (threadsNamed("traceless").length > 0 && System.nanoTime() < deadline) {
            Thread.yield();
        }
        assertThat(threadsNamed("traceless")).isEmpty();
    }

    private static Object[] threadsNamed(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .toArray();
    }

    @OnBothCarriers
    void whatWakesAfterTheEndStillRunsOneAtATime(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            IOLoop loop = IOLoop.create(Loops.leavingBehind(carrier));
            int count = 200;
            Semaphore wake = new Semaphore(0);
            CountDownLatch waiting = new CountDownLatch(count);
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger overlaps = new AtomicInteger();
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                tasks.add(loop.spawn(() -> {
                    shielded(() -> blocking(() -> {
                        waiting.countDown();
                        wake.acquireUninterruptibly();
                        return null;
                    }));
                    if (inside.incrementAndGet() != 1) {
                        overlaps.incrementAndGet();
                    }
                    inside.decrementAndGet();
                    return null;
                }));
            }
            assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
            loop.close();
            assertThat(tasks).noneMatch(Task::isDone);
            wake.release(count);
            for (Task<?> task : tasks) {
                task.get(20, TimeUnit.SECONDS);
            }
            assertThat(overlaps).hasValue(0);
            assertThat(log.messages()).anyMatch(message -> message.contains("have not ended"));
        }
    }

    @OnBothCarriers
    void aMonoWhoseCoroutineOutlivesItsLoopIsStillSignalled(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            IOLoop loop = IOLoop.create(Loops.leavingBehind(carrier));
            Semaphore wake = new Semaphore(0);
            CountDownLatch waiting = new CountDownLatch(1);
            var outcome = loop.<Integer>mono(
                            "late",
                            () -> shielded(() -> blocking(() -> {
                                waiting.countDown();
                                wake.acquireUninterruptibly();
                                return 5;
                            })))
                    .toFuture();
            assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
            loop.close();
            wake.release();
            assertThat(outcome.get(20, TimeUnit.SECONDS)).isEqualTo(5);
        }
    }

    @OnBothCarriers
    void loopsOpenAndCloseManyTimesWithoutALoss(Carrier carrier) {
        for (int i = 0; i < 100; i++) {
            IOLoop loop = Loops.on(carrier);
            List<Task<Integer>> tasks = new ArrayList<>();
            for (int n = 0; n < 20; n++) {
                tasks.add(loop.spawn(() -> {
                    sleep(Duration.ofNanos(50_000));
                    return 1;
                }));
            }
            loop.close();
            assertThat(tasks).allMatch(task -> task.isDone() && task.resultNow() == 1);
        }
    }

    @OnBothCarriers
    void runSyncHasALimitAndTheCoroutineSeesTheCancellation(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> seen = new ArrayList<>();
            assertThatThrownBy(() -> loop.runSync(Duration.ofMillis(20), () -> {
                        try {
                            sleep(Duration.ofHours(1));
                        } catch (CancellationException ex) {
                            seen.add("cancelled");
                            throw ex;
                        }
                        return null;
                    }))
                    .isInstanceOf(AsyncTimeoutException.class)
                    .hasMessageContaining("PT0.02S");
            assertThat(seen).containsExactly("cancelled");
        }
    }

    @OnBothCarriers
    void moreCoroutinesThanAllowedAreRefused(Carrier carrier) {
        try (IOLoop loop = IOLoop.create(Loops.options(carrier).withMaxCoroutines(3))) {
            loop.runSync(() -> {
                List<Task<Integer>> two = List.of(Async.spawn(() -> 1), Async.spawn(() -> 2));
                assertThatThrownBy(() -> Async.spawn(() -> 3))
                        .isInstanceOf(LoopFullException.class)
                        .hasMessageContaining("3 live coroutines");
                Async.gather(two);
                return await(Async.spawn(() -> 3)); // there is room again
            });
        }
    }

    @OnBothCarriers
    void moreExecutorCallsThanAllowedAreRefused(Carrier carrier) {
        try (IOLoop loop =
                IOLoop.create(Loops.options(carrier).withExecutorThreads(1).withExecutorQueue(1))) {
            Semaphore go = new Semaphore(0);
            loop.runSync(() -> {
                Task<?> running = loop.runInExecutor(() -> go.tryAcquire(20, TimeUnit.SECONDS));
                Task<?> queued = loop.runInExecutor(() -> 2);
                assertThatThrownBy(() -> loop.runInExecutor(() -> 3))
                        .isInstanceOf(ExecutorFullException.class)
                        .hasMessageContaining("1 threads busy");
                assertThat(queued.cancel(false)).isTrue(); // makes room at once
                Task<?> next = loop.runInExecutor(() -> 4);
                go.release();
                await(running);
                return await(next);
            });
        }
    }

    @OnBothCarriers
    void closingInABlockingSectionDoesNotWaitForItself(Carrier carrier) {
        IOLoop loop = Loops.on(carrier);
        Task<String> closer = loop.spawn(() -> blocking(() -> {
            loop.close();
            assertThatThrownBy(loop::awaitStopped)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("wait for itself");
            return "returned at once";
        }));
        assertThat(closer.join()).isEqualTo("returned at once");
        loop.awaitStopped();
    }

    @OnBothCarriers
    void cpuWorkInTheExecutorDelaysNoCoroutine(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            long turns = loop.runSync(() -> {
                Task<?> work = loop.runInExecutor(() -> {
                    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
                    while (System.nanoTime() < end) {
                        Thread.onSpinWait();
                    }
                    return null;
                });
                long count = 0;
                while (!work.isDone()) {
                    sleep(Duration.ofMillis(5));
                    count++;
                }
                return count;
            });
            assertThat(turns).isGreaterThan(40); // of some 180 on an idle machine
        }
    }

    @OnBothCarriers
    void aLimitForCleanUpBeyondALongStillCancels(Carrier carrier) {
        IOLoop loop = IOLoop.create(
                Loops.options(carrier).withGracePeriod(Duration.ZERO).withCleanUp(Duration.ofSeconds(Long.MAX_VALUE)));
        Task<Void> task = loop.spawn(() -> {
            sleep(Duration.ofHours(1));
            return null;
        });
        Loops.settle(loop);
        loop.close();
        assertThatThrownBy(task::join).isInstanceOf(CancellationException.class).hasStackTraceContaining("is closing");
    }
}
