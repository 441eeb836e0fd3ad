package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.withTimeout;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
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
}
