package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.shielded;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.withTimeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.JdkWait.Case;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import reactor.core.Disposable;

/** Laws 2 and 4 with {@code switchOn = ANY}: a cancellation interrupts a wait of the JDK's, once. */
class CancelledAnyTest {

    private static final Duration NEVER = Duration.ofHours(1);

    private static IOLoop loop() {
        return IOLoop.create(Loops.options(Carrier.EVENT_LOOP).withSwitchOn(SwitchOn.ANY));
    }

    /** Lets somebody begin a wait of the JDK's: it has lent its turn when another coroutine has had one. */
    private static void awaitLent(IOLoop loop, CountDownLatch begun) throws InterruptedException {
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        Loops.settle(loop);
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"LOCK_SUPPORT_PARK", "REENTRANT_LOCK", "MONITOR", "THREAD_SLEEP"})
    void aCancellationEndsWhatWaitsInterruptibly(JdkWait wait) throws Exception {
        Case jdk = wait.make();
        CountDownLatch begun = new CountDownLatch(1);
        try (IOLoop loop = loop()) {
            Task<?> task = loop.spawn(() -> {
                begun.countDown();
                try {
                    jdk.await().run();
                } catch (RuntimeException | java.io.IOException ex) { // as Mono.block and a socket tell of it
                    Async.checkpoint();
                }
                throw new AssertionError("has not been interrupted");
            });
            awaitLent(loop, begun);
            assertThat(task.cancel(false)).isTrue();
            assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        } finally {
            jdk.end().run();
        }
    }

    @Test
    void aSubscriberThatLeavesEndsTheWait() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        try (IOLoop loop = loop()) {
            Disposable client = loop.mono("request", () -> {
                        begun.countDown();
                        try {
                            Thread.sleep(NEVER);
                        } finally {
                            ended.countDown();
                        }
                        return 1;
                    })
                    .subscribe();
            awaitLent(loop, begun);
            client.dispose();
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aLimitEndsTheWaitAndNothingElse() throws Exception {
        try (IOLoop loop = loop()) {
            Task<String> task = loop.spawn(() -> {
                assertThatThrownBy(() -> withTimeout(Duration.ofMillis(5), () -> {
                            Thread.sleep(NEVER);
                            return null;
                        }))
                        .isInstanceOf(AsyncTimeoutException.class);
                assertThatThrownBy(() -> withTimeout(Duration.ofMillis(5), () -> {
                            try {
                                Thread.sleep(NEVER);
                            } catch (InterruptedException ex) {
                                Thread.currentThread().interrupt(); // the usual idiom
                                throw new IllegalStateException("was interrupted", ex);
                            }
                            return null;
                        }))
                        .isInstanceOf(IllegalStateException.class);
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                Thread.sleep(1);
                sleep(Duration.ofMillis(1));
                return "goes on";
            });
            assertThat(task.get(20, TimeUnit.SECONDS)).isEqualTo("goes on");
        }
    }

    @Test
    void aChildThatFailsEndsTheWaitOfItsGroupsBodyAndNothingElse() throws Exception {
        try (IOLoop loop = loop()) {
            Task<String> task = loop.spawn(() -> {
                assertThatThrownBy(() -> TaskGroup.run(group -> {
                            group.spawn(() -> {
                                throw new IllegalArgumentException("the child's");
                            });
                            Thread.sleep(NEVER);
                            return null;
                        }))
                        .isInstanceOf(IllegalArgumentException.class);
                Thread.sleep(1);
                sleep(Duration.ofMillis(1));
                return "goes on";
            });
            assertThat(task.get(20, TimeUnit.SECONDS)).isEqualTo("goes on");
        }
    }

    @Test
    void cleanUpMayWaitInTheJdk() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        List<String> seen = new ArrayList<>();
        try (IOLoop loop = loop()) {
            Task<?> inJdk = loop.spawn(() -> {
                begun.countDown();
                try {
                    Thread.sleep(NEVER);
                } finally {
                    Thread.sleep(2);
                    seen.add("after a wait of the JDK's");
                    assertThatThrownBy(() -> sleep(NEVER)).isInstanceOf(CancellationException.class);
                }
                return null;
            });
            awaitLent(loop, begun);
            inJdk.cancel(false);
            assertThatThrownBy(() -> inJdk.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            Task<?> inAsync = loop.spawn(() -> {
                try {
                    sleep(NEVER);
                } finally {
                    Thread.sleep(2);
                    seen.add("after a wait of Async");
                }
                return null;
            });
            Loops.settle(loop);
            inAsync.cancel(false);
            assertThatThrownBy(() -> inAsync.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        }
        assertThat(seen).containsExactly("after a wait of the JDK's", "after a wait of Async");
    }

    @Test
    void aCancellationThatComesWhileTheCoroutineRunsMeetsItsNextWait() throws Exception {
        AtomicBoolean cancelled = new AtomicBoolean();
        CountDownLatch runs = new CountDownLatch(1);
        try (IOLoop loop = loop()) {
            Task<?> task = loop.spawn(() -> {
                runs.countDown();
                while (!cancelled.get()) {
                    Thread.onSpinWait();
                }
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                Thread.sleep(NEVER);
                return null;
            });
            assertThat(runs.await(20, TimeUnit.SECONDS)).isTrue();
            task.cancel(false);
            cancelled.set(true);
            assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        }
    }

    @Test
    void aShieldKeepsTheInterruptOutside() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        BlockingQueue<String> queue = new LinkedBlockingQueue<>();
        List<String> seen = new ArrayList<>();
        try (IOLoop loop = loop()) {
            Task<?> task = loop.spawn(() -> {
                seen.add(shielded(() -> {
                    begun.countDown();
                    return queue.take();
                }));
                Thread.sleep(NEVER);
                return null;
            });
            awaitLent(loop, begun);
            task.cancel(false);
            Loops.settle(loop);
            assertThat(task.isDone()).isFalse();
            queue.add("taken");
            assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        }
        assertThat(seen).containsExactly("taken");
    }

    @Test
    void whatWaitsUninterruptiblyGoesOn() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch begun = new CountDownLatch(1);
        List<String> seen = new ArrayList<>();
        lock.lock();
        try (IOLoop loop = loop()) {
            Task<?> task = loop.spawn(() -> {
                begun.countDown();
                lock.lock();
                try {
                    seen.add("has the lock");
                } finally {
                    lock.unlock();
                }
                sleep(NEVER);
            });
            awaitLent(loop, begun);
            task.cancel(false);
            Loops.settle(loop);
            assertThat(task.isDone()).isFalse();
            lock.unlock();
            assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        }
        assertThat(seen).containsExactly("has the lock");
    }

    @Test
    void inTheMiddleOfAnythingUnderStackSamplesCleanUpIsLeftAlone() throws Exception {
        int[] disturbed = new int[1];
        int[] cleanUps = new int[1];
        int[] overlaps = new int[1];
        int[] inside = new int[1];
        AtomicBoolean over = new AtomicBoolean();
        BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
        try (IOLoop loop = loop()) {
            Thread sampler = Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    Thread thread = threads.poll();
                    if (thread != null) {
                        thread.getStackTrace();
                        threads.add(thread);
                    }
                }
            });
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < 3_000; i++) {
                int number = i;
                tasks.add(loop.spawn(() -> {
                    if (number % 50 == 0) {
                        threads.add(Thread.currentThread());
                    }
                    try {
                        for (int round = 0; ; round++) {
                            if (++inside[0] != 1) {
                                overlaps[0]++;
                            }
                            inside[0]--;
                            switch ((number + round) % 3) {
                                case 0 -> Thread.sleep(Duration.ofNanos(20_000));
                                case 1 -> sleep(Duration.ofNanos(20_000));
                                default -> new Semaphore(0).tryAcquire(20_000, TimeUnit.NANOSECONDS);
                            }
                        }
                    } finally {
                        try {
                            Thread.sleep(Duration.ofNanos(20_000));
                            Thread.sleep(Duration.ofNanos(20_000));
                        } catch (InterruptedException ex) {
                            disturbed[0]++;
                        }
                        cleanUps[0]++;
                    }
                }));
                if (i >= 20) {
                    tasks.get(i - 20).cancel(false);
                }
            }
            tasks.forEach(task -> task.cancel(false));
            for (Task<?> task : tasks) {
                assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            }
            over.set(true);
            sampler.join();
            loop.runSync(() -> {
                assertThat(overlaps[0]).isZero();
                assertThat(cleanUps[0]).isPositive();
                assertThat(disturbed[0]).isZero();
                return await(Async.spawn(() -> 1));
            });
            assertThat(loop.statistics().failures()).isZero();
        }
    }
}
