package dev.asyncloop;

import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.withTimeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code runSync} in a coroutine of another loop waits there as {@code await} does. */
class ForeignCallsTest {

    private static final Duration LONG = Duration.ofHours(1);

    @OnBothCarriers
    void whatACancelledCoroutineWaitsForOnAnotherLoopIsCancelledAndHasEnded(Carrier carrier) throws Exception {
        AtomicBoolean cleanedUp = new AtomicBoolean();
        try (IOLoop here = Loops.on(carrier);
                IOLoop there = IOLoop.create(Loops.options(carrier).withName("there"))) {
            CountDownLatch begun = new CountDownLatch(1);
            Task<?> waiting = here.spawn(() -> there.runSync(() -> {
                begun.countDown();
                try {
                    sleep(LONG);
                } finally {
                    Async.shielded(() -> {
                        sleep(Duration.ofMillis(5));
                        cleanedUp.set(true);
                        return null;
                    });
                }
                return null;
            }));
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            waiting.cancel(false);
            assertThatThrownBy(() -> waiting.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            assertThat(cleanedUp).isTrue();
            StuckLoop.until(() -> there.statistics().live() == 0);
        }
    }

    @OnBothCarriers
    void aLimitOfTheOneWhoWaitsCountsThereToo(Carrier carrier) throws Exception {
        try (IOLoop here = Loops.on(carrier);
                IOLoop there = IOLoop.create(Loops.options(carrier).withName("there"))) {
            Task<?> waiting = here.spawn(() -> withTimeout(
                    Duration.ofMillis(20),
                    () -> there.runSync(() -> {
                        sleep(LONG);
                        return null;
                    })));
            assertThatThrownBy(() -> waiting.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(AsyncTimeoutException.class);
            StuckLoop.until(() -> there.statistics().live() == 0);
        }
    }
}
