package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.shielded;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.withTimeout;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

/** Law 4: every coroutine has an owner, and cancellation is a lasting state. */
class CancellationTest {

    private static final Duration LONG = Duration.ofHours(1);

    @OnBothCarriers
    void theCurrentWaitThrowsAndSoDoesEveryFurtherOne(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> thrown = new ArrayList<>();
            CountDownLatch waiting = new CountDownLatch(1);
            Task<?> task = loop.spawn("victim", () -> {
                waiting.countDown();
                for (int i = 0; i < 3; i++) {
                    try {
                        sleep(LONG);
                    } catch (CancellationException ex) {
                        thrown.add(ex.getMessage());
                    }
                }
                try {
                    await(CompletableFuture.completedFuture(1));
                } catch (CancellationException ex) {
                    thrown.add("also on something done");
                }
                yieldNow();
                return null;
            });
            awaitLatch(waiting);
            assertThat(task.cancel(false)).isTrue();
            assertThatThrownBy(task::get).isInstanceOf(CancellationException.class);
            assertThat(task.isCancelled()).isTrue();
            assertThat(task.cancel(false)).isFalse();
            assertThat(thrown).hasSize(4).last().isEqualTo("also on something done");
            assertThat(thrown.getFirst()).contains("victim").contains("cancel(false)");
        }
    }

    @OnBothCarriers
    void catchExceptionDoesNotUndoIt(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            CountDownLatch waiting = new CountDownLatch(1);
            Task<?> task = loop.spawn(() -> {
                while (true) {
                    try {
                        waiting.countDown();
                        sleep(LONG);
                    } catch (Exception ex) {
                        yieldNow();
                    }
                }
            });
            awaitLatch(waiting);
            task.cancel(false);
            assertThatThrownBy(task::join).isInstanceOf(CancellationException.class);
        }
    }

    @OnBothCarriers
    void isDoneOnlyWhenItHasReallyEnded(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            CountDownLatch waiting = new CountDownLatch(1);
            Semaphore cleanUp = new Semaphore(0);
            Task<?> task = loop.spawn(() -> {
                try {
                    waiting.countDown();
                    sleep(LONG);
                } finally {
                    shielded(() -> blocking(() -> cleanUp.tryAcquire(20, TimeUnit.SECONDS)));
                }
                return null;
            });
            awaitLatch(waiting);
            task.cancel(false);
            Loops.settle(loop);
            assertThat(task.isDone()).isFalse();
            cleanUp.release();
            assertThatThrownBy(task::get).isInstanceOf(CancellationException.class);
            assertThat(task.isDone()).isTrue();
        }
    }

    @OnBothCarriers
    void aWaitThatWasCompletedBeforeReturnsItsValueAndTheNextOneThrows(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<Object> seen = new ArrayList<>();
            CompletableFuture<Integer> future = new CompletableFuture<>();
            loop.runSync(() -> {
                Task<?> receiver = Async.spawn(() -> {
                    seen.add(await(future));
                    try {
                        yieldNow();
                    } catch (CancellationException ex) {
                        seen.add("then cancelled");
                        throw ex;
                    }
                    return null;
                });
                yieldNow(); // the receiver waits
                future.complete(42); // granted ...
                receiver.cancel(false); // ... and cancelled in one turn
                try {
                    await(receiver);
                } catch (CancellationException ex) {
                    seen.add("ended");
                }
                return null;
            });
            assertThat(seen).containsExactly(42, "then cancelled", "ended");
        }
    }

    @OnBothCarriers
    void aCoroutineThatReturnsAllTheSameKeepsItsValue(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            CompletableFuture<Integer> future = new CompletableFuture<>();
            int value = loop.runSync(() -> {
                Task<Integer> receiver = Async.spawn(() -> await(future));
                yieldNow();
                future.complete(42);
                receiver.cancel(false);
                return await(receiver);
            });
            assertThat(value).isEqualTo(42);
        }
    }

    @OnBothCarriers
    void whatIsCancelledBeforeItsFirstTurnNeverRuns(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> ran = new ArrayList<>();
            loop.runSync(() -> {
                Task<?> task = Async.spawn(() -> ran.add("it ran"));
                task.cancel(false);
                assertThatThrownBy(() -> await(task)).isInstanceOf(CancellationException.class);
                return null;
            });
            assertThat(ran).isEmpty();
        }
    }

    @OnBothCarriers
    void theEndOfACoroutineCancelsWhatItStillOwns(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            List<Task<?>> owned = new ArrayList<>();
            AtomicReference<String> interrupted = new AtomicReference<>();
            CountDownLatch blocked = new CountDownLatch(1);
            loop.runSync(() -> {
                owned.add(Async.spawn(() -> {
                    sleep(LONG);
                    return null;
                }));
                owned.add(loop.promise("never").task());
                owned.add(loop.runInExecutor(() -> {
                    blocked.countDown();
                    try {
                        Thread.sleep(LONG);
                    } catch (InterruptedException ex) {
                        interrupted.set("interrupted");
                        throw ex;
                    }
                    return null;
                }));
                blocking(() -> blocked.await(20, TimeUnit.SECONDS));
                return null;
            });
            for (Task<?> task : owned) {
                assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS))
                        .as(task.name())
                        .isInstanceOf(CancellationException.class)
                        .hasStackTraceContaining("its owner 'runSync' has ended");
            }
            assertThat(interrupted).hasValue("interrupted");
        }
    }

    @OnBothCarriers
    void whatTheLoopOwnsOutlivesItsSpawner(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Task<Integer> task = loop.runSync(() -> loop.spawn(() -> {
                yieldNow();
                yieldNow();
                return 7;
            }));
            assertThat(task.get(20, TimeUnit.SECONDS)).isEqualTo(7);
        }
    }

    @OnBothCarriers
    void cancelTrueInterruptsAJdkCallAndCancelFalseDoesNot(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            CountDownLatch blocked = new CountDownLatch(1);
            Semaphore never = new Semaphore(0);
            Task<?> task = loop.spawn(() -> {
                blocked.countDown();
                never.acquire();
                return null;
            });
            awaitLatch(blocked);
            assertThat(task.cancel(false)).isTrue();
            assertThatThrownBy(() -> task.get(50, TimeUnit.MILLISECONDS))
                    .isInstanceOf(java.util.concurrent.TimeoutException.class);
            task.cancel(true);
            assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        }
    }

    @OnBothCarriers
    void cancellationInterruptsABlockingSection(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            CountDownLatch blocked = new CountDownLatch(1);
            AtomicReference<Boolean> flag = new AtomicReference<>();
            Task<?> task = loop.spawn(() -> {
                try {
                    return blocking(() -> {
                        blocked.countDown();
                        return new Semaphore(0).tryAcquire(1, TimeUnit.HOURS);
                    });
                } finally {
                    flag.set(Thread.currentThread().isInterrupted());
                }
            });
            awaitLatch(blocked);
            task.cancel(false);
            assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            assertThat(flag).hasValue(false);
        }
    }

    @OnBothCarriers
    void anInterruptCountsAsCancelTrueAndNoWaitSpinsOnIt(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            AtomicReference<Thread> thread = new AtomicReference<>();
            List<String> seen = new ArrayList<>();
            CountDownLatch waiting = new CountDownLatch(1);
            Task<?> task = loop.spawn(() -> {
                thread.set(Thread.currentThread());
                try {
                    waiting.countDown();
                    sleep(LONG);
                } catch (CancellationException ex) {
                    seen.add("cancelled, flag kept: " + Thread.currentThread().isInterrupted());
                    shielded(() -> {
                        sleep(Duration.ofMillis(5));
                        return seen.add("cleaned up");
                    });
                    seen.add("after the shield, flag back: "
                            + Thread.currentThread().isInterrupted());
                    throw ex;
                }
                return null;
            });
            awaitLatch(waiting);
            thread.get().interrupt();
            assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            assertThat(seen)
                    .containsExactly("cancelled, flag kept: true", "cleaned up", "after the shield, flag back: true");
        }
    }

    @OnBothCarriers
    void aShieldKeepsCancellationOutsideUntilItEnds(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> seen = new ArrayList<>();
            loop.runSync(() -> {
                Task<?> task = Async.spawn(() -> {
                    shielded(() -> {
                        yieldNow();
                        yieldNow();
                        seen.add("shielded");
                        return null;
                    });
                    seen.add("after");
                    yieldNow();
                    seen.add("not reached");
                    return null;
                });
                yieldNow();
                task.cancel(false);
                assertThatThrownBy(() -> await(task)).isInstanceOf(CancellationException.class);
                return null;
            });
            assertThat(seen).containsExactly("shielded", "after");
        }
    }

    @InVirtualTime
    void aLimitThatPassesEndsTheBodyAndWhatItStarted() {
        Task<?> before = Async.spawn(() -> {
            sleep(LONG);
            return null;
        });
        List<Task<?>> inside = new ArrayList<>();
        assertThatThrownBy(() -> withTimeout(Duration.ofMillis(20), () -> {
                    inside.add(Async.spawn(() -> {
                        sleep(LONG);
                        return null;
                    }));
                    return await(inside.getFirst());
                }))
                .isInstanceOf(AsyncTimeoutException.class)
                .hasMessageContaining("PT0.02S");
        yieldNow();
        assertThat(inside.getFirst().isDone()).isTrue();
        assertThat(before.isDone()).isFalse();
        yieldNow(); // the coroutine itself is not cancelled
    }

    @OnBothCarriers
    void aLimitThatPassesInterruptsABlockingSection(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                assertThatThrownBy(() -> withTimeout(
                                Duration.ofMillis(20),
                                () -> blocking(() -> new Semaphore(0).tryAcquire(1, TimeUnit.HOURS))))
                        .isInstanceOf(AsyncTimeoutException.class);
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                yieldNow();
                return null;
            });
        }
    }

    @InVirtualTime
    void anOuterLimitIsNotMistakenForTheInnerOne() {
        List<String> seen = new ArrayList<>();
        assertThatThrownBy(() -> withTimeout(Duration.ofMillis(20), () -> {
                    try {
                        return withTimeout(LONG, () -> {
                            sleep(LONG);
                            return null;
                        });
                    } catch (AsyncTimeoutException ex) {
                        seen.add("the inner one");
                        throw ex;
                    }
                }))
                .isInstanceOf(AsyncTimeoutException.class);
        assertThat(seen).isEmpty();

        assertThatThrownBy(() -> withTimeout(
                        LONG,
                        () -> withTimeout(Duration.ofMillis(5), () -> {
                            sleep(LONG);
                            return null;
                        })))
                .isInstanceOf(AsyncTimeoutException.class)
                .hasMessageContaining("PT0.005S");
    }

    @OnBothCarriers
    void aBodyThatIsDoneInTimeReturnsItsValueAndLeavesNoTimer(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThat(loop.runSync(() -> withTimeout(LONG, () -> {
                        yieldNow();
                        return 5;
                    })))
                    .isEqualTo(5);
        }
    }

    @OnBothCarriers
    void gatherFailsFastAndCancelsTheRest(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Task<Integer> slow = Async.spawn(() -> {
                    sleep(LONG);
                    return 1;
                });
                Task<Integer> failing = Async.spawn(() -> {
                    yieldNow();
                    throw new IllegalStateException("first failure");
                });
                assertThatThrownBy(() -> Async.gather(List.of(slow, failing)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("first failure");
                yieldNow();
                assertThat(slow.isCancelled()).isTrue();
                return null;
            });
        }
    }

    @OnBothCarriers
    void cancellingAWaitForAMonoCancelsItsSubscription(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            CountDownLatch subscribed = new CountDownLatch(1);
            CountDownLatch cancelled = new CountDownLatch(1);
            Mono<Integer> never = Mono.<Integer>never()
                    .doOnSubscribe(subscription -> subscribed.countDown())
                    .doOnCancel(cancelled::countDown);
            Task<?> task = loop.spawn(() -> await(never));
            awaitLatch(subscribed);
            task.cancel(false);
            awaitLatch(cancelled);
        }
    }

    @OnBothCarriers
    void cancellingTheSubscriptionOfACoroutinesMonoCancelsTheCoroutine(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            CountDownLatch waiting = new CountDownLatch(1);
            CountDownLatch cancelled = new CountDownLatch(1);
            var subscription = loop.<Integer>mono("request", () -> {
                        try {
                            waiting.countDown();
                            sleep(LONG);
                            return 1;
                        } catch (CancellationException ex) {
                            cancelled.countDown();
                            throw ex;
                        }
                    })
                    .subscribe();
            awaitLatch(waiting);
            List<Throwable> dropped = new java.util.concurrent.CopyOnWriteArrayList<>();
            Hooks.onErrorDropped(dropped::add);
            try {
                subscription.dispose();
                awaitLatch(cancelled);
                Loops.settle(loop);
                loop.eventLoopGroup().submit(() -> {}).syncUninterruptibly();
            } finally {
                Hooks.resetOnErrorDropped();
            }
            assertThat(dropped).isEmpty();
        }
    }

    @OnBothCarriers
    void cancellationFromAnyThreadIsNeverLost(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            for (int i = 0; i < 2_000; i++) {
                CountDownLatch started = new CountDownLatch(1);
                Task<?> task = loop.spawn(() -> {
                    started.countDown();
                    while (true) {
                        sleep(Duration.ofMillis(500));
                    }
                });
                started.await();
                for (int spin = i % 50; spin > 0; spin--) {
                    Thread.onSpinWait();
                }
                task.cancel(i % 2 == 0);
                assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            }
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException ex) {
            throw new AssertionError(ex);
        }
    }

    @OnBothCarriers
    void whoIsCancelledWhileACheckpointGivesTheOthersATurnIsToldThere(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            dev.asyncloop.sync.Semaphore permits = new dev.asyncloop.sync.Semaphore(10_000);
            Task<?> victim = loop.spawn("victim", () -> {
                Task<?> self = Coroutine.current("test");
                AtomicReference<Integer> left = new AtomicReference<>();
                loop.spawn("canceller", () -> {
                    left.set(permits.availablePermits());
                    self.cancel(false);
                });
                assertThatThrownBy(() -> {
                            for (int i = 0; i < 10_000; i++) {
                                permits.acquire();
                            }
                        })
                        .isInstanceOf(CancellationException.class);
                assertThat(permits.availablePermits()).isEqualTo(left.get());
                return null;
            });
            victim.get(20, TimeUnit.SECONDS);
        }
    }
}
