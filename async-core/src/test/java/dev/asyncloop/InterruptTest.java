package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.shielded;
import static dev.asyncloop.Async.withTimeout;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Law 4: an interrupt of a coroutine counts as {@code cancel(true)}, wherever it arrives. */
class InterruptTest {

    private static final Duration LONG = Duration.ofHours(1);

    @OnBothCarriers
    void cancelTrueOfAJdkCallWithinALimitIsACancellation(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            CountDownLatch blocked = new CountDownLatch(1);
            Task<?> task = loop.spawn(() -> withTimeout(LONG, () -> {
                blocked.countDown();
                new Semaphore(0).acquire();
                return null;
            }));
            assertThat(blocked.await(5, TimeUnit.SECONDS)).isTrue();
            task.cancel(true);
            assertThatThrownBy(() -> task.get(5, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            assertThat(log.messages()).isEmpty();
        }
    }

    @OnBothCarriers
    void anInterruptOfABlockingSectionIsACancellation(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            CountDownLatch blocked = new CountDownLatch(1);
            AtomicReference<Thread> thread = new AtomicReference<>();
            Task<?> task = loop.spawn(() -> {
                thread.set(Thread.currentThread());
                try {
                    blocking(() -> {
                        blocked.countDown();
                        new Semaphore(0).acquire();
                        return null;
                    });
                } catch (CancellationException ex) {
                    yieldNow(); // throws as well: a lasting state
                }
                return null;
            });
            assertThat(blocked.await(5, TimeUnit.SECONDS)).isTrue();
            thread.get().interrupt();
            assertThatThrownBy(() -> task.get(5, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            assertThat(log.messages()).isEmpty();
        }
    }

    @OnBothCarriers
    void cancelTrueReachesAJdkCallThatFollowsAWaitCompletedBefore(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            CompletableFuture<Integer> future = new CompletableFuture<>();
            AtomicReference<Integer> received = new AtomicReference<>();
            Task<?> receiver = loop.spawn(() -> {
                received.set(await(future));
                new Semaphore(0).acquire();
                return null;
            });
            loop.runSync(() -> {
                yieldNow();
                future.complete(42); // granted ...
                return receiver.cancel(true); // ... and cancelled in one turn
            });
            assertThatThrownBy(() -> receiver.get(5, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            assertThat(received).hasValue(42);
        }
    }

    @OnBothCarriers
    void anInterruptThatArrivesWithinAShieldIsHeardAfterIt(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            AtomicReference<Thread> thread = new AtomicReference<>();
            Promise<Integer> promise = loop.promise("given late");
            List<String> seen = new ArrayList<>();
            Task<?> task = loop.spawn(() -> {
                thread.set(Thread.currentThread());
                seen.add(shielded(() -> {
                    await(promise.task());
                    return blocking(InterruptTest::cleanUp);
                }));
                seen.add("flag back: " + Thread.currentThread().isInterrupted());
                yieldNow();
            });
            Loops.settle(loop);
            thread.get().interrupt();
            Loops.settle(loop);
            promise.succeed(1);
            assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            assertThat(seen).containsExactly("cleaned up", "flag back: true");
        }
    }

    @OnBothCarriers
    void itIsHeardAfterTheOutermostShieldAlsoIfItArrivesWhileTheCoroutineRuns(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> seen = new ArrayList<>();
            Task<?> task = loop.spawn(() -> {
                seen.add(shielded(() -> {
                    seen.add(shielded(() -> {
                        Thread.currentThread().interrupt();
                        return blocking(InterruptTest::cleanUp);
                    }));
                    return blocking(InterruptTest::cleanUp);
                }));
                seen.add("flag back: " + Thread.currentThread().isInterrupted());
                yieldNow();
            });
            assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            assertThat(seen).containsExactly("cleaned up", "cleaned up", "flag back: true");
        }
    }

    private static String cleanUp() throws InterruptedException {
        new Semaphore(1).acquire(); // throws if the flag is set
        return "cleaned up";
    }

    @OnBothCarriers
    void whoEndsInterruptedInterruptsNobodyElse(Carrier carrier) throws Exception {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            List<Boolean> seen = new ArrayList<>();
            Task<?> limited = loop.spawn(() -> withTimeout(Duration.ofMillis(5), () -> {
                Promise<Integer> promise = loop.promise("never given");
                promise.onCancel(() -> seen.add(Thread.currentThread().isInterrupted()));
                return await(promise.task());
            }));
            Loops.settle(loop);
            loop.spawn(() -> {
                        loop.promise("its own")
                                .onCancel(() -> seen.add(Thread.currentThread().isInterrupted()));
                        clock.advance(Duration.ofMillis(5)); // the limit passes when this one has ended
                        Thread.currentThread().interrupt();
                    })
                    .get(20, TimeUnit.SECONDS);
            assertThatThrownBy(() -> limited.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(AsyncTimeoutException.class);
            loop.runSync(() -> assertThat(seen).containsExactly(false, false));
        }
    }

    @OnBothCarriers
    void whoGivesWayInterruptedInterruptsNobodyElse(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> seen = new ArrayList<>();
            Task<?> task = loop.spawn(() -> {
                Suspension<Integer> suspension = Suspension.begin("never resumed");
                ((DefaultIOLoop) loop)
                        .turn()
                        .run(() -> seen.add("others: " + Thread.currentThread().isInterrupted()));
                Thread.currentThread().interrupt();
                try {
                    suspension.await();
                } finally {
                    seen.add("itself: " + Thread.currentThread().isInterrupted());
                }
            });
            assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            loop.runSync(() -> assertThat(seen).containsExactly("others: false", "itself: true"));
        }
    }
}
