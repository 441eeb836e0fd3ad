package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.withTimeout;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.CoroutineInfo.State;
import dev.asyncloop.JdkWait.Case;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The relaxed form of law 2: every wait of the JDK's gives way. Law 1 holds all the same. */
class SwitchOnAnyTest {

    private static IOLoop loop() {
        return IOLoop.create(Loops.options(Carrier.EVENT_LOOP).withSwitchOn(SwitchOn.ANY));
    }

    @ParameterizedTest
    @EnumSource
    void everyWaitOfTheJdkLetsTheOthersIn(JdkWait wait) throws Exception {
        Case jdk = wait.make();
        List<String> order = new ArrayList<>();
        CountDownLatch otherRan = new CountDownLatch(1);
        try (IOLoop loop = loop()) {
            Task<?> both = loop.spawn(() -> {
                Task<?> first = Async.spawn(() -> {
                    order.add("begins");
                    jdk.await().run();
                    assertThat(loop.inLoop()).isTrue();
                    order.add("ends");
                    return null;
                });
                Task<?> other = Async.spawn(() -> {
                    order.add("other");
                    otherRan.countDown();
                });
                await(first);
                await(other);
            });
            assertThat(otherRan.await(20, TimeUnit.SECONDS)).isTrue();
            jdk.end().run();
            both.get(20, TimeUnit.SECONDS);
        }
        assertThat(order).containsExactly("begins", "other", "ends");
    }

    @Test
    void stillNeverTwoAtATimeUnderStackSamplesInterruptsAndUnparks() throws Exception {
        int[] inside = new int[1];
        int[] overlaps = new int[1];
        long[] count = new long[1];
        AtomicBoolean over = new AtomicBoolean();
        ReentrantLock lock = new ReentrantLock();
        Object monitor = new Object();
        BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(1);
        List<Thread> threads = new ArrayList<>();
        CountDownLatch started = new CountDownLatch(8);
        Runnable section = () -> {
            if (++inside[0] != 1) {
                overlaps[0]++;
            }
            count[0]++;
            Thread.onSpinWait();
            inside[0]--;
        };
        try (IOLoop loop = loop()) {
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int number = i;
                tasks.add(loop.spawn(() -> {
                    threads.add(Thread.currentThread());
                    started.countDown();
                    while (!over.get()) {
                        section.run();
                        switch (number % 4) {
                            case 0 -> {
                                lock.lock();
                                section.run();
                                lock.unlock();
                            }
                            case 1 -> {
                                synchronized (monitor) {
                                    section.run();
                                }
                            }
                            case 2 -> {
                                if (number == 2) {
                                    queue.offer(1, 1, TimeUnit.MILLISECONDS);
                                } else {
                                    queue.poll(1, TimeUnit.MILLISECONDS);
                                }
                            }
                            default -> LockSupport.parkNanos(1_000);
                        }
                        section.run();
                        yieldNow();
                        section.run();
                        sleep(Duration.ofNanos(1_000));
                    }
                    return null;
                }));
            }
            started.await();
            Thread locker = Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    lock.lock();
                    lock.unlock();
                    synchronized (monitor) {
                        Thread.onSpinWait();
                    }
                }
            });
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
            while (System.nanoTime() < end) {
                for (Thread thread : threads) {
                    thread.getStackTrace();
                    LockSupport.unpark(thread);
                }
            }
            over.set(true);
            locker.join();
            for (Task<?> task : tasks) {
                task.get(20, TimeUnit.SECONDS);
            }
            loop.runSync(() -> {
                assertThat(overlaps[0]).isZero();
                return assertThat(count[0]).isGreaterThan(1_000);
            });
        }
    }

    @Test
    void oneCoroutineMayDoSoOnALoopWhoseOthersDoNot() throws Exception {
        try (IOLoop loop = Loops.on(Carrier.EVENT_LOOP)) {
            Semaphore served = new Semaphore(0);
            Task<?> relaxed = loop.spawn("relaxed", SwitchOn.ANY, () -> {
                served.acquire();
                return await(Async.spawn(
                        () -> { // as its parent
                            served.acquire();
                            return "child";
                        }));
            });
            Task<?> strict = loop.spawn("strict", () -> served.release());
            strict.get(20, TimeUnit.SECONDS);
            loop.spawn("strict", () -> served.release()).get(20, TimeUnit.SECONDS);
            assertThat(relaxed.get(20, TimeUnit.SECONDS)).isEqualTo("child");
            assertThat(loop.mono("as a mono", SwitchOn.ANY, () -> 1).block(Duration.ofSeconds(20)))
                    .isEqualTo(1);
        }
    }

    @Test
    void awaitsLimitsAndCancellationAreAsEver() throws Exception {
        try (IOLoop loop = loop()) {
            CountDownLatch timedOut = new CountDownLatch(1);
            Task<?> task = loop.spawn(() -> {
                assertThatThrownBy(() -> withTimeout(Duration.ofMillis(5), () -> {
                            sleep(Duration.ofHours(1));
                            return null;
                        }))
                        .isInstanceOf(AsyncTimeoutException.class);
                timedOut.countDown();
                sleep(Duration.ofHours(1));
            });
            assertThat(timedOut.await(20, TimeUnit.SECONDS)).isTrue();
            task.cancel(false);
            assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            Semaphore never = new Semaphore(0);
            CountDownLatch blocked = new CountDownLatch(1);
            Task<?> blocker = loop.spawn(() -> {
                blocked.countDown();
                never.acquire();
                return null;
            });
            blocked.await();
            Loops.settle(loop);
            blocker.cancel(true);
            assertThatThrownBy(() -> blocker.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        }
    }

    @Test
    void cancellationsAndLimitsInTheMiddleOfAnyWaitLoseNoTurn() throws Exception {
        int[] inside = new int[1];
        int[] overlaps = new int[1];
        ReentrantLock lock = new ReentrantLock();
        try (IOLoop loop = loop()) {
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                int number = i;
                tasks.add(loop.spawn(() -> {
                    for (int round = 0; round < 20; round++) {
                        if (++inside[0] != 1) {
                            overlaps[0]++;
                        }
                        Thread.onSpinWait();
                        inside[0]--;
                        switch ((number + round) % 5) {
                            case 0 -> Thread.sleep(Duration.ofNanos(50_000));
                            case 1 -> sleep(Duration.ofNanos(50_000));
                            case 2 ->
                                Async.blocking(() -> {
                                    LockSupport.parkNanos(50_000);
                                    return null;
                                });
                            case 3 -> {
                                lock.lockInterruptibly();
                                lock.unlock();
                            }
                            default ->
                                assertThatThrownBy(() -> withTimeout(Duration.ofNanos(20_000), () -> {
                                            sleep(Duration.ofHours(1));
                                            return null;
                                        }))
                                        .isInstanceOfAny(AsyncTimeoutException.class, CancellationException.class);
                        }
                    }
                    return null;
                }));
                if (i >= 50) {
                    tasks.get(i - 50).cancel(i % 2 == 0);
                }
            }
            for (Task<?> task : tasks) {
                try {
                    task.get(20, TimeUnit.SECONDS);
                } catch (CancellationException ex) {
                    // as it was asked to
                }
            }
            loop.runSync(() -> assertThat(overlaps[0]).isZero());
            assertThat(loop.statistics().failures()).isZero();
        }
    }

    /**
     * The lock is the one of cancellation. Who waits for that must not have to wait for the turn as well, which another one
     * may have that waits for the lock.
     */
    @Test
    void whoStopsAtALockOfTheLoopsOwnKeepsTheTurn() throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        AtomicReference<Thread> thread = new AtomicReference<>();
        AtomicBoolean cancelled = new AtomicBoolean();
        try (IOLoop loop = loop()) {
            Coroutine<Void> coroutine = (Coroutine<Void>) loop.<Void>spawn(() -> {
                thread.set(Thread.currentThread());
                runs.countDown();
                while (!cancelled.get()) {
                    Thread.onSpinWait();
                }
                Async.checkpoint();
                return null;
            });
            assertThat(runs.await(20, TimeUnit.SECONDS)).isTrue();
            Task<?> next = loop.spawn(() -> null);
            synchronized (coroutine.scope()) {
                coroutine.scope().cancel(new CancellationException("by the test"));
                cancelled.set(true);
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                while (thread.get().getState() != Thread.State.BLOCKED) {
                    assertThat(System.nanoTime()).isLessThan(deadline);
                    Thread.onSpinWait();
                }
                loop.eventLoopGroup().submit(() -> {}).get(20, TimeUnit.SECONDS); // the carrier has done what it would
                assertThat(next.isDone()).isFalse();
            }
            assertThatThrownBy(() -> coroutine.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            next.get(20, TimeUnit.SECONDS);
        }
    }

    /** The turn is lent when the thread has stopped, so by the carrier, which must not be the one to wait for a lock. */
    @Test
    void aLockThatSomethingShortWantsBehindALentTurnDoesNotFreezeTheLoop() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch letGo = new CountDownLatch(1);
        CountDownLatch ran = new CountDownLatch(1);
        try (IOLoop loop = loop()) {
            loop.eventLoopGroup().execute(() -> {
                lock.lock();
                try {
                    held.countDown();
                    letGo.await();
                } catch (InterruptedException ex) {
                    throw new AssertionError(ex);
                } finally {
                    lock.unlock();
                }
            });
            assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
            Task<?> lender = loop.spawn(() -> {
                ((DefaultIOLoop) loop).turn().run(() -> {
                    lock.lock();
                    lock.unlock();
                    ran.countDown();
                });
                Thread.sleep(1);
                return null;
            });
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!lock.hasQueuedThreads()) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                Thread.onSpinWait();
            }
            letGo.countDown();
            assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
            lender.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void theOtherCarrierRefusesIt() {
        assertThatThrownBy(() -> IOLoop.create(Loops.options(Carrier.JDK).withSwitchOn(SwitchOn.ANY)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'test'")
                .hasMessageContaining("--add-opens")
                .hasMessageContaining("Async.blocking");
        try (IOLoop loop = Loops.on(Carrier.JDK)) {
            assertThatThrownBy(() -> loop.spawn("handler", SwitchOn.ANY, () -> 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("'handler'");
            assertThatThrownBy(() -> loop.mono("handler", SwitchOn.ANY, () -> 1))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void whoWaitsInTheJdkIsSeenToBlock() throws Exception {
        Semaphore served = new Semaphore(0);
        CountDownLatch begun = new CountDownLatch(1);
        try (IOLoop loop = loop()) {
            Task<?> task = loop.spawn("lender", () -> {
                begun.countDown();
                served.acquire();
                return null;
            });
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            Loops.settle(loop);
            assertThat(loop.coroutines()).extracting(CoroutineInfo::state).containsExactly(State.BLOCKING);
            assertThat(loop.statistics().states())
                    .containsEntry(State.BLOCKING, 1)
                    .containsEntry(State.WAITING, 0);
            served.release();
            task.get(20, TimeUnit.SECONDS);
            assertThat(loop.statistics().states()).containsEntry(State.BLOCKING, 0);
        }
    }

    @Test
    void whoHasGotItsTurnBackIsKnownToHaveIt() throws Exception {
        CountDownLatch back = new CountDownLatch(1);
        AtomicBoolean over = new AtomicBoolean();
        try (IOLoop loop = loop()) {
            Task<?> task = loop.spawn("lender", () -> {
                new Semaphore(0).tryAcquire(1, TimeUnit.MILLISECONDS);
                back.countDown();
                while (!over.get()) {
                    Thread.onSpinWait();
                }
                Async.checkpoint();
                return null;
            });
            assertThat(back.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(((DrivenLoop) loop).turnHolder())
                    .isNotNull()
                    .extracting(DrivenLoop.TurnHolder::coroutine)
                    .isEqualTo("lender");
            ((DrivenLoop) loop).cancelCoroutines("the test says so"); // also the one that may never give way
            over.set(true);
            assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        }
    }
}
