package dev.asyncloop;

import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.testing.ManualClock;
import dev.asyncloop.testing.VirtualTimeLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

class TimersOnLoopTest {

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));

    private final List<Object> fired = new CopyOnWriteArrayList<>();

    private void advance(IOLoop loop, Duration by) {
        Loops.settle(loop);
        clock.advance(by);
        Loops.settle(loop);
    }

    @InVirtualTime
    void sleepersAndTimersGoOffInTheOrderOfTheirDeadlinesAndNeverEarly(VirtualTimeLoop loop) {
        Instant start = loop.clock().instant();
        loop.callLater(Duration.ofSeconds(3), () -> fired.add("3 at " + loop.elapsed()));
        loop.spawn(() -> {
            sleep(Duration.ofSeconds(2));
            fired.add("2, a sleeper, at " + loop.elapsed());
        });
        loop.callLater(Duration.ofSeconds(1), () -> fired.add("1 at " + loop.elapsed()));
        loop.callAt(start.plusMillis(2_500), () -> fired.add("2.5, at a time of day, at " + loop.elapsed()));
        sleep(Duration.ofMillis(999));
        assertThat(fired).isEmpty();
        sleep(Duration.ofHours(1));
        assertThat(fired)
                .containsExactly("1 at PT1S", "2, a sleeper, at PT2S", "2.5, at a time of day, at PT2.5S", "3 at PT3S");
    }

    @OnBothCarriers
    void aTimerThatIsDueCanStillBeCancelledByACallbackBeforeIt(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier, clock)) {
            TimerHandle[] second = new TimerHandle[1];
            loop.callLater(Duration.ofSeconds(1), () -> fired.add(second[0].cancel()));
            second[0] = loop.callLater(Duration.ofSeconds(1), () -> fired.add("not cancelled"));
            advance(loop, Duration.ofSeconds(1));
            assertThat(fired).containsExactly(true);
            assertThat(second[0].cancel()).isFalse();
        }
    }

    @OnBothCarriers
    void aDelayInThePastIsDueAtOnce(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.callLater(Duration.ofSeconds(-5), () -> fired.add(1));
            loop.callAt(Instant.EPOCH, () -> fired.add(2));
            advance(loop, Duration.ZERO);
            assertThat(fired).containsExactly(1, 2);
        }
    }

    @OnBothCarriers
    void theSystemsClockSetsOffTimersOfASleepingLoop(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            long start = System.nanoTime();
            CountDownLatch due = new CountDownLatch(1);
            loop.callLater(Duration.ofHours(1), () -> {});
            loop.callLater(Duration.ofMillis(20), due::countDown);
            assertThat(due.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
        }
    }

    @InVirtualTime
    void aTaskHasLimitsOnTheLoopsTimers(IOLoop loop) {
        Task<Integer> never = loop.<Integer>promise("never").task();
        Task<Integer> limited = never.orTimeout(Duration.ofSeconds(5));
        Task<Integer> other = loop.<Integer>promise("never either").task();
        Task<Integer> replaced = other.completeOnTimeout(7, Duration.ofSeconds(5));
        sleep(Duration.ofSeconds(4));
        assertThat(limited.isDone()).isFalse();
        try (CapturedLog log = new CapturedLog()) { // of a failure that nobody awaits
            sleep(Duration.ofSeconds(1));
        }
        assertThat(limited.exceptionNow())
                .isInstanceOf(AsyncTimeoutException.class)
                .hasMessageContaining("'never'")
                .hasMessageContaining("PT5S");
        assertThat(never.isCancelled()).isTrue();
        assertThat(replaced.resultNow()).isEqualTo(7);
    }

    @OnBothCarriers
    void aTimerSetFromOutsideWakesASleepingLoop(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            for (int i = 0; i < 200; i++) {
                CountDownLatch due = new CountDownLatch(1);
                loop.callLater(Duration.ofNanos(1_000L * i), due::countDown);
                assertThat(due.await(20, TimeUnit.SECONDS)).isTrue();
            }
        }
    }
}
