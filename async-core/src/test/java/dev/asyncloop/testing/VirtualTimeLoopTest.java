package dev.asyncloop.testing;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.withTimeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.PeriodicCallback;
import dev.asyncloop.Task;
import dev.asyncloop.TaskGroup;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VirtualTimeLoopTest {

    private static Duration s(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    private static VirtualTimeLoop on(Carrier carrier) {
        return VirtualTimeLoop.create(Loops.options(carrier));
    }

    @OnBothCarriers
    void aSleepOfADayReturnsAtOnce(Carrier carrier) {
        long start = System.nanoTime();
        try (VirtualTimeLoop loop = on(carrier)) {
            loop.runSync(() -> {
                sleep(Duration.ofDays(1));
                return null;
            });
            assertThat(loop.elapsed()).isEqualTo(Duration.ofDays(1));
            assertThat(loop.isManual()).isFalse();
            assertThat(loop).hasToString("VirtualTimeLoop 'test' (" + carrier + ", nio, PT24H elapsed)");
        }
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
    }

    @Test
    void runReturnsWhatMainReturnsAndThrowsWhatItThrows() {
        assertThat(VirtualTimeLoop.<Integer>run(() -> {
                    sleep(s(5));
                    return 7;
                }))
                .isEqualTo(7);
        IllegalStateException own = new IllegalStateException("own");
        assertThatThrownBy(() -> VirtualTimeLoop.run(() -> {
                    throw own;
                }))
                .isSameAs(own);
        assertThatThrownBy(() -> VirtualTimeLoop.run(() -> {
                    throw new IOException("checked");
                }))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(IOException.class);
    }

    @OnBothCarriers
    void theCurrentLoopIsThisVeryObject(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            assertThat(loop.runSync(IOLoop::current)).isSameAs(loop);
            assertThat(loop.<Boolean>runSync(loop::inLoop)).isTrue();
            assertThat(loop.inLoop()).isFalse();
            assertThatThrownBy(() -> loop.runSync(() -> loop.runSync(() -> 1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("would wait for itself");
        }
    }

    @OnBothCarriers
    void aThousandSleepersWakeInTheOrderOfTheirDeadlinesEachTime(Carrier carrier) {
        int[] millis = new Random(4).ints(1_000, 0, 500).toArray();
        List<Integer> expected = IntStream.range(0, millis.length)
                .boxed()
                .sorted(Comparator.comparingInt(i -> millis[i]))
                .toList(); // stable: of equal ones the first comes first
        // no time at all is no timer, but one turn
        assertThat(Arrays.stream(millis).filter(m -> m == 0).count()).isPositive();
        for (int run = 0; run < 50; run++) {
            try (VirtualTimeLoop loop = on(carrier)) {
                List<Integer> order = new ArrayList<>();
                loop.runSync(() -> TaskGroup.<Object>run(group -> {
                    for (int i = 0; i < millis.length; i++) {
                        int number = i;
                        group.spawn(() -> {
                            sleep(Duration.ofMillis(millis[number]));
                            return order.add(number);
                        });
                    }
                    return null;
                }));
                assertThat(order).isEqualTo(expected);
            }
        }
    }

    @OnBothCarriers
    void theTimeOfDayAndItsTimersFollow(Carrier carrier) {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        try (VirtualTimeLoop loop = VirtualTimeLoop.create(Loops.options(carrier), start)) {
            List<Instant> seen = new ArrayList<>();
            loop.runSync(() -> {
                loop.callAt(start.plusSeconds(90), () -> seen.add(loop.clock().instant()));
                sleep(Duration.ofHours(1));
                seen.add(IOLoop.current().clock().instant());
                return null;
            });
            assertThat(seen).containsExactly(start.plusSeconds(90), start.plusSeconds(3_600));
        }
    }

    @OnBothCarriers
    void limitsAreOfVirtualTime(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            loop.runSync(() -> {
                assertThatThrownBy(() -> withTimeout(s(5), () -> {
                            sleep(s(6));
                            return null;
                        }))
                        .isInstanceOf(AsyncTimeoutException.class);
                assertThat(loop.elapsed()).isEqualTo(s(5));
                withTimeout(s(5), () -> {
                    sleep(s(4));
                    return null;
                });
                assertThat(loop.elapsed()).isEqualTo(s(9));
                return null;
            });
            loop.runSync(() -> null);
            assertThat(loop.elapsed()).as("timers that were cancelled").isEqualTo(s(9));
        }
    }

    /** Tornado's test_overrun. */
    @OnBothCarriers
    void aPeriodicCallbackThatOverrunsKeepsToItsGrid(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            List<Long> starts = new ArrayList<>();
            long[] durations = {9, 9, 10, 11, 20, 20, 35, 35, 0, 0, 0};
            loop.runSync(() -> {
                PeriodicCallback tick = new PeriodicCallback(loop, s(10), () -> {
                    starts.add(1_000 + loop.elapsed().toSeconds());
                    sleep(s(durations[starts.size() - 1]));
                });
                tick.start();
                sleep(s(235));
                tick.stop();
                return null;
            });
            assertThat(starts)
                    .containsExactly(1010L, 1020L, 1030L, 1050L, 1070L, 1100L, 1130L, 1170L, 1210L, 1220L, 1230L);
            loop.requireNoLeaks();
        }
    }

    @OnBothCarriers
    void stateStaysBetweenTwoCallsOfRunSync(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            List<String> seen = new ArrayList<>();
            Task<String> background = loop.runSync(() -> {
                sleep(s(1));
                return loop.spawn("background", () -> {
                    sleep(s(10));
                    return "after " + loop.elapsed();
                });
            });
            loop.runSync(() -> seen.add(await(background)));
            loop.runSync(() -> {
                sleep(s(1));
                return seen.add("then " + loop.elapsed());
            });
            assertThat(seen).containsExactly("after PT11S", "then PT12S");
            assertThat(loop.runSync(Duration.ofSeconds(20), () -> 1)).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void aForeignThreadMayWaitForATaskByItself(Carrier carrier) throws Exception {
        try (VirtualTimeLoop loop = on(carrier)) {
            Task<Integer> task = loop.spawn(() -> {
                sleep(s(100));
                return 1;
            });
            assertThat(task.get(20, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void aHeldClockStandsStillButForRunSyncAndAdvance(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            List<String> seen = new CopyOnWriteArrayList<>();
            VirtualTimeLoop.Hold hold = loop.hold();
            loop.callLater(s(20), () -> seen.add("20"));
            loop.advance(Duration.ZERO);
            loop.callLater(s(10), () -> seen.add("10"));
            loop.advance(s(15));
            assertThat(seen).containsExactly("10");
            assertThat(loop.elapsed()).isEqualTo(s(15));
            loop.runSync(() -> {
                sleep(s(1));
                return null;
            });
            assertThat(loop.elapsed()).isEqualTo(s(16));
            loop.advance(Duration.ZERO);
            assertThat(loop.elapsed()).isEqualTo(s(16));
            CountDownLatch due = new CountDownLatch(1);
            loop.callLater(s(5), due::countDown);
            hold.close();
            hold.close();
            assertThat(awaited(due)).isTrue();
            assertThat(seen).containsExactly("10", "20");
        }
    }

    @OnBothCarriers
    void anAdvanceStopsAtEachDeadlineOnTheWay(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier);
                VirtualTimeLoop.Hold hold = loop.hold()) {
            List<String> seen = new CopyOnWriteArrayList<>();
            Task<?> sleeper = loop.spawn(() -> {
                for (int i = 0; i < 5; i++) {
                    sleep(s(1));
                    seen.add("sleeper at " + loop.elapsed().toMillis());
                }
            });
            loop.callLater(
                    Duration.ofMillis(2_500),
                    () -> seen.add("timer at " + loop.elapsed().toMillis()));
            loop.advance(s(3));
            assertThat(seen).containsExactly("sleeper at 1000", "sleeper at 2000", "timer at 2500", "sleeper at 3000");
            assertThat(sleeper.isDone()).isFalse();
            loop.advance(s(10));
            assertThat(sleeper.isDone()).isTrue();
            assertThat(loop.elapsed()).isEqualTo(s(13));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> loop.advance(s(-1)))
                    .withMessageContaining("PT-1S");
        }
    }

    @OnBothCarriers
    void anAdvanceInACoroutineLetsTheOthersRun(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            List<String> seen = new ArrayList<>();
            loop.runSync(() -> {
                Async.spawn(() -> {
                    sleep(s(1));
                    seen.add("a child at " + loop.elapsed());
                });
                loop.advance(s(2));
                return seen.add("main at " + loop.elapsed());
            });
            assertThat(seen).containsExactly("a child at PT1S", "main at PT2S");
        }
    }

    @OnBothCarriers
    void aClosedLoopCancelsSleepersAtOnceAfterItsGracePeriodInVirtualTime(Carrier carrier) {
        long start = System.nanoTime();
        VirtualTimeLoop loop = VirtualTimeLoop.create(Loops.options(carrier).withGracePeriod(Duration.ofMinutes(1)));
        Task<String> soon;
        Task<?> late;
        try (VirtualTimeLoop.Hold hold = loop.hold()) {
            soon = loop.spawn(() -> {
                sleep(s(50));
                return "done";
            });
            late = loop.spawn(() -> {
                sleep(Duration.ofDays(365));
                return null;
            });
            loop.advance(Duration.ZERO);
            loop.close();
        }
        assertThat(soon.resultNow()).isEqualTo("done");
        assertThat(late.isCancelled()).isTrue();
        assertThat(loop.elapsed()).isEqualTo(s(50));
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
        loop.advance(s(1)); // has no effect and does not block
    }

    @OnBothCarriers
    void leavesNoThread(Carrier carrier) throws InterruptedException {
        for (int i = 0; i < 50; i++) {
            VirtualTimeLoop.run(Loops.options(carrier).withName("gone-" + carrier), () -> {
                sleep(s(1));
                return await(IOLoop.current().runInExecutor(() -> 1));
            });
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("gone-" + carrier)) { // its last one, which is about to end
                assertThat(thread.join(Duration.ofSeconds(20)))
                        .as(thread.getName())
                        .isTrue();
            }
        }
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException ex) {
            throw new AssertionError(ex);
        }
    }
}
