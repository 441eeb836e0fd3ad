package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.LoopTotals.Lived;
import dev.asyncloop.LoopTotals.Outcome;
import dev.asyncloop.testing.ManualClock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;

/** {@code IOLoop.totals}: what a loop has done so far, on a clock that stands still unless it is moved. */
@Timeout(120)
class LoopTotalsTest {

    private static final Lived NONE = new Lived(0, Duration.ZERO, Duration.ZERO);

    private static Lived lived(int count, int seconds, int longest) {
        return new Lived(count, Duration.ofSeconds(seconds), Duration.ofSeconds(longest));
    }

    @OnBothCarriers
    void coroutinesAndCallbacksAreApartEachWithItsEnd(Carrier carrier) throws Exception {
        ManualClock clock = new ManualClock();
        try (CapturedLog log = new CapturedLog();
                IOLoop loop =
                        IOLoop.create(Loops.options(carrier).withClock(clock).withTimedCoroutines(true))) {
            loop.callLater(Duration.ofSeconds(3), () -> {});
            loop.addCallback(() -> sleep(Duration.ofSeconds(2)));
            Task<?> sleeper = loop.spawn("sleeper", () -> {
                await(Async.spawn(() -> sleep(Duration.ofSeconds(1))));
                sleep(Duration.ofSeconds(2));
            });
            Task<?> cancelled = loop.spawn("cancelled", () -> sleep(Duration.ofHours(1)));
            loop.spawn("failing", () -> {
                throw new IllegalStateException("on purpose");
            });
            Loops.settle(loop);
            for (int second = 0; second < 3; second++) {
                clock.advance(Duration.ofSeconds(1));
                Loops.settle(loop);
            }
            cancelled.cancel(false);
            Loops.settle(loop);
            assertThat(sleeper.isDone()).isTrue();
            LoopTotals totals = loop.totals();
            assertThat(totals.callbacks().get(Outcome.RETURNED).time()).isEqualTo(Duration.ofSeconds(2));
            assertThat(totals.callbacks().get(Outcome.FAILED)).isEqualTo(NONE);
            assertThat(totals.coroutines().get(Outcome.FAILED)).isEqualTo(lived(1, 0, 0));
            assertThat(totals.coroutines().get(Outcome.CANCELLED)).isEqualTo(lived(1, 3, 3));
            assertThat(totals.coroutines().get(Outcome.RETURNED).time()).isEqualTo(Duration.ofSeconds(3 + 1));
            assertThat(totals.coroutines().get(Outcome.RETURNED).longest()).isEqualTo(Duration.ofSeconds(3));
            StuckLoop.until(
                    () -> { // the last one is told of before it is no longer counted as alive
                        LoopStatistics now = loop.statistics();
                        return ended(loop.totals()) == now.started() - now.live();
                    });
        }
    }

    private static long ended(LoopTotals totals) {
        return Stream.of(totals.coroutines(), totals.callbacks())
                .flatMap(ends -> ends.values().stream())
                .mapToLong(Lived::count)
                .sum();
    }

    @OnBothCarriers
    void howLongCoroutinesLiveIsMeasuredForWhoWantsItOnly(Carrier carrier) {
        try (IOLoop loop = IOLoop.create(Loops.options(carrier))) {
            loop.runSync(() -> 1);
            assertThat(loop.totals().coroutines()).isEqualTo(Map.of());
            assertThat(loop.totals().callbacks()).isEqualTo(Map.of());
        }
    }

    @OnBothCarriers
    void theBusyTimeGrowsWhileSomebodyHasTheTurnAndNotWhileAllWait(Carrier carrier) throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (IOLoop loop = IOLoop.create(Loops.options(carrier))) {
            Task<?> blocking = loop.spawn("blocking", () -> {
                blocked.countDown();
                return end.await(60, TimeUnit.SECONDS);
            });
            assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
            Duration before = loop.totals().busy();
            long from = System.nanoTime();
            StuckLoop.until(() -> System.nanoTime() - from > 1_000_000);
            assertThat(loop.totals().busy().minus(before)).isGreaterThanOrEqualTo(Duration.ofMillis(1));
            end.countDown();
            blocking.get(20, TimeUnit.SECONDS);
            AtomicReference<Duration> last = new AtomicReference<>(Duration.ZERO);
            StuckLoop.until(
                    () -> { // between two looks, some milliseconds, nobody had anything to do
                        Duration now = loop.totals().busy();
                        return now.equals(last.getAndSet(now));
                    });
        }
    }

    @OnBothCarriers
    void callsOfTheExecutorAreCountedAndThoseThatItRefuses(Carrier carrier) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (IOLoop loop =
                IOLoop.create(Loops.options(carrier).withExecutorThreads(1).withExecutorQueue(1))) {
            Task<?> running = loop.runInExecutor(() -> end.await(60, TimeUnit.SECONDS));
            Task<?> waiting = loop.runInExecutor(() -> end.await(60, TimeUnit.SECONDS));
            assertThatThrownBy(() -> loop.runInExecutor(() -> 1)).isInstanceOf(ExecutorFullException.class);
            assertThat(loop.totals().executorRefused()).isEqualTo(1);
            assertThat(loop.totals().executorCalls()).isZero();
            end.countDown();
            running.get(20, TimeUnit.SECONDS);
            waiting.get(20, TimeUnit.SECONDS);
            StuckLoop.until(() -> loop.totals().executorCalls() == 2);
        }
    }

    @OnBothCarriers
    void callsOfAPeriodicCallbackAddUpByTheirEnds(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier, clock)) {
            AtomicInteger calls = new AtomicInteger();
            PeriodicCallback callback = new PeriodicCallback(loop, Duration.ofSeconds(10), () -> {
                sleep(Duration.ofSeconds(2));
                if (calls.incrementAndGet() == 2) {
                    throw new IllegalStateException("on purpose");
                }
            });
            callback.start();
            for (int second = 0; second < 33; second++) {
                clock.advance(Duration.ofSeconds(1));
                Loops.settle(loop);
            }
            assertThat(callback.totals())
                    .containsEntry(PeriodicRun.Outcome.RETURNED, new PeriodicRun.Total(2, Duration.ofSeconds(4)))
                    .containsEntry(PeriodicRun.Outcome.FAILED, new PeriodicRun.Total(1, Duration.ofSeconds(2)))
                    .containsEntry(PeriodicRun.Outcome.CANCELLED, new PeriodicRun.Total(0, Duration.ZERO))
                    .hasSize(PeriodicRun.Outcome.values().length);
            assertThat(log.messages()).anyMatch(line -> line.contains("periodic callback every PT10S"));
        }
    }
}
