package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.CoroutineInfo.State;
import dev.asyncloop.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.Timeout;

/** {@code IOLoop.statistics}: right, and there at any time. */
@Timeout(120)
class StatisticsTest {

    private static final Duration LONG = Duration.ofHours(1);

    /** Asks until it is so; the loop's thread may be a moment behind. */
    private static LoopStatistics until(IOLoop loop, Predicate<LoopStatistics> isSo) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        LoopStatistics numbers;
        do {
            numbers = loop.statistics();
            if (isSo.test(numbers)) {
                return numbers;
            }
            Thread.onSpinWait();
        } while (System.nanoTime() < deadline);
        throw new AssertionError("not within 20 s: " + numbers);
    }

    @OnBothCarriers
    void allOfThemWhileTheLoopIsBlocked(Carrier carrier) throws Exception {
        ManualClock clock = new ManualClock();
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (CapturedLog log = new CapturedLog();
                IOLoop loop =
                        IOLoop.create(Loops.options(carrier).withClock(clock).withExecutorThreads(2))) {
            loop.callLater(Duration.ofSeconds(1), () -> {});
            loop.callLater(LONG, () -> {});
            loop.callLater(LONG, () -> {}).cancel();
            loop.spawn("sleeper", () -> sleep(LONG));
            List<Task<?>> calls = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                calls.add(loop.runInExecutor(() -> end.await(60, TimeUnit.SECONDS)));
            }
            Loops.settle(loop);
            LoopStatistics before = loop.statistics();
            Task<?> blocking = loop.spawn("blocking", () -> {
                blocked.countDown();
                return end.await(60, TimeUnit.SECONDS);
            });
            assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
            loop.spawn("behind", () -> 1);
            loop.spawn("behind, too", () -> 1);
            clock.advance(Duration.ofMillis(1_500));

            LoopStatistics numbers = until(loop, now -> now.waiting() >= 3 && now.executorActive() == 2);
            assertThat(numbers.turns()).isGreaterThan(before.turns());
            assertThat(numbers.started()).isEqualTo(before.started() + 3);
            assertThat(numbers.live()).isEqualTo(4);
            assertThat(numbers.states())
                    .isEqualTo(Map.of(
                            State.NEW, 2, State.RUNNING, 1, State.READY, 0, State.WAITING, 1, State.BLOCKING, 0));
            assertThat(numbers.executorThreads()).isEqualTo(2);
            assertThat(numbers.failures()).isZero();
            assertThat(numbers.timers()).isEqualTo(3);
            assertThat(numbers.executorActive()).isEqualTo(2);
            assertThat(numbers.executorWaiting()).isEqualTo(3);
            assertThat(numbers.lag()).isEqualTo(Duration.ofMillis(1_500)); // of who stands behind; the timer: 500 ms
            assertThat(numbers.maxLag()).isEqualTo(Duration.ofMillis(1_500));

            end.countDown();
            blocking.get(20, TimeUnit.SECONDS);
            for (Task<?> call : calls) {
                call.get(20, TimeUnit.SECONDS);
            }
            Loops.settle(loop);
            LoopStatistics after = until(loop, now -> now.waiting() == 0 && now.live() == 1);
            assertThat(after.lag()).isZero();
            assertThat(after.maxLag()).isEqualTo(Duration.ofMillis(1_500));
            assertThat(after.timers()).isEqualTo(2);
            clock.advance(Duration.ofSeconds(25));
            assertThat(loop.statistics().maxLag()).isZero();
            loop.stop();
        }
    }

    @OnBothCarriers
    void aTimerThatIsDueAndCannotBeSetOffCountsAsLag(Carrier carrier) throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            AtomicReference<LoopStatistics> seen = new AtomicReference<>();
            loop.callLater(Duration.ofMillis(20), () -> seen.set(loop.statistics()));
            loop.spawn("blocking", () -> {
                blocked.countDown();
                return end.await(60, TimeUnit.SECONDS);
            });
            assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
            until(loop, now -> now.lag().toMillis() >= 50);
            end.countDown();
            until(loop, now -> seen.get() != null);
            assertThat(seen.get().maxLag()).isGreaterThanOrEqualTo(Duration.ofMillis(50));
        }
    }

    /** Asked until it is so: a loop that has just begun has been busy with that, on a loaded machine for long. */
    @OnBothCarriers
    void theBusyShareOfAnIdleLoopFallsAndThatOfABusyOneRises(Carrier carrier) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.spawn("sleeper", () -> sleep(LONG));
            until(loop, now -> now.busyShare() < 0.5);
            Task<?> busy = loop.spawn("busy", () -> end.await(60, TimeUnit.SECONDS));
            until(loop, now -> now.busyShare() > 0.6);
            end.countDown();
            busy.get(20, TimeUnit.SECONDS);
            until(loop, now -> now.busyShare() < 0.5);
            loop.stop();
        }
    }

    @OnBothCarriers
    void whatRunsInTheExecutorIsNotBusy(Carrier carrier) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (IOLoop loop = Loops.on(carrier)) {
            Task<?> waiting = loop.spawn(() -> await(loop.runInExecutor(() -> end.await(60, TimeUnit.SECONDS))));
            assertThat(until(loop, now -> now.busyShare() < 0.5).live()).isEqualTo(1);
            end.countDown();
            waiting.get(20, TimeUnit.SECONDS);
        }
    }
}
