package dev.asyncloop;

import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.asyncloop.PeriodicStatus.State;
import dev.asyncloop.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A callback that is triggered, paused and resumed. */
class PeriodicSteeringTest {

    /** When the body began, in milliseconds. */
    private final List<Long> starts = new CopyOnWriteArrayList<>();

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    private PeriodicCallback tick(IOLoop loop, PeriodicSchedule schedule, long takes) {
        return new PeriodicCallback(loop, "tick", schedule, () -> {
            starts.add(loop.clock().nanoTime() / 1_000_000);
            sleep(ms(takes));
        });
    }

    private PeriodicCallback every10(IOLoop loop, long takes) {
        return tick(loop, PeriodicSchedule.every(ms(10)), takes);
    }

    private PeriodicCallback delay10(IOLoop loop, long takes) {
        return tick(loop, PeriodicSchedule.delay(ms(10)), takes);
    }

    // ---- trigger

    @InVirtualTime
    void aTriggerCallsNowAndLeavesTheGridAsItIs(IOLoop loop) {
        PeriodicCallback tick = every10(loop, 0);
        tick.start();
        sleep(ms(5));
        assertThat(tick.trigger()).isTrue();
        sleep(ms(20));
        tick.stop();
        assertThat(starts).containsExactly(5L, 10L, 20L);
        assertThat(tick.status().history()).extracting(PeriodicRun::triggered).containsExactly(false, false, true);
        assertThat(tick.skipped()).isZero();
    }

    @InVirtualTime
    void aTriggerWhileACallRunsDoesNothing(IOLoop loop) {
        PeriodicCallback tick = every10(loop, 5);
        tick.start();
        sleep(ms(12));
        assertThat(tick.status().state()).isEqualTo(State.RUNNING);
        assertThat(tick.trigger()).isFalse();
        sleep(ms(4)); // the call has ended
        assertThat(tick.trigger()).isTrue();
        assertThat(tick.trigger()).as("one that has not begun").isFalse();
        sleep(ms(1));
        assertThat(tick.trigger()).as("one that runs").isFalse();
        tick.stop();
        sleep(ms(10));
        assertThat(starts).containsExactly(10L, 16L);
        assertThat(tick.runs()).isEqualTo(2);
    }

    @InVirtualTime
    void whatIsNotStartedOrWasStoppedCanBeTriggered(IOLoop loop) {
        PeriodicCallback tick = every10(loop, 0);
        tick.trigger();
        sleep(ms(15));
        tick.start();
        tick.stop();
        tick.trigger();
        sleep(ms(15));
        assertThat(starts).containsExactly(0L, 15L);
        assertThat(tick.status().state()).isEqualTo(State.STOPPED);
    }

    @InVirtualTime
    void timesOfTheGridThatPassDuringATriggeredCallAreSkipped(IOLoop loop) {
        PeriodicCallback tick = every10(loop, 18);
        tick.start();
        sleep(ms(5));
        tick.trigger(); // until 23: 10 and 20 pass
        sleep(ms(26));
        tick.stop();
        assertThat(starts).containsExactly(5L, 30L);
        assertThat(tick.skipped()).isEqualTo(2);
        sleep(ms(20)); // the body ends
    }

    @InVirtualTime
    void aDelayCountsAnewFromTheEndOfATriggeredCall(IOLoop loop) {
        PeriodicCallback tick = delay10(loop, 2);
        tick.start();
        sleep(ms(5));
        tick.trigger(); // until 7
        sleep(ms(25));
        tick.stop();
        assertThat(starts).containsExactly(5L, 17L, 29L);
        assertThat(tick.skipped()).isZero();
        sleep(ms(2)); // the body ends
    }

    @InVirtualTime
    void aDelayThatIsOverDuringATriggeredCallIsNotSkipped(IOLoop loop) {
        PeriodicCallback tick = delay10(loop, 8);
        tick.start();
        sleep(ms(5));
        tick.trigger(); // until 13
        sleep(ms(19));
        tick.stop();
        assertThat(starts).containsExactly(5L, 23L);
        assertThat(tick.skipped()).isZero();
        sleep(ms(8)); // the body ends
    }

    @OnBothCarriers
    void whoTriggersAFullOrAClosedLoopIsTold(Carrier carrier) throws Exception {
        PeriodicCallback tick;
        try (IOLoop loop = IOLoop.create(Loops.options(carrier).withMaxCoroutines(1))) {
            tick = new PeriodicCallback(loop, "tick", PeriodicSchedule.every(ms(1_000_000)), () -> {});
            Promise<String> room = loop.promise("room");
            Task<String> other = loop.spawn(() -> Async.await(room.task()));
            assertThatExceptionOfType(LoopFullException.class).isThrownBy(tick::trigger);
            room.succeed("free");
            other.get();
        }
        assertThatExceptionOfType(LoopClosedException.class)
                .isThrownBy(tick::trigger)
                .withMessageContaining("'tick'");
        assertThat(tick.runs()).isZero();
    }

    // ---- pause and resume

    @InVirtualTime
    void timesPassWithoutCallsInAPauseAndTheGridStays(IOLoop loop) {
        PeriodicCallback tick = every10(loop, 0);
        tick.start();
        sleep(ms(12));
        tick.pause();
        tick.pause();
        assertThat(tick.isPaused()).isTrue();
        assertThat(tick.isRunning()).isTrue();
        assertThat(tick.status().state()).isEqualTo(State.PAUSED);
        assertThat(tick.status().next()).isNull();
        sleep(ms(33)); // 45
        tick.resume();
        tick.resume();
        assertThat(tick.status().state()).isEqualTo(State.SCHEDULED);
        sleep(ms(20));
        tick.stop();
        assertThat(starts).containsExactly(10L, 50L, 60L);
        assertThat(tick.skipped()).isZero();
    }

    @InVirtualTime
    void aPauseThatIsShorterThanThePeriodChangesNothing(IOLoop loop) {
        PeriodicCallback grid = every10(loop, 0);
        PeriodicCallback delay = delay10(loop, 0);
        grid.start();
        delay.start();
        sleep(ms(2));
        grid.pause();
        delay.pause();
        sleep(ms(5));
        grid.resume();
        delay.resume();
        sleep(ms(4));
        grid.stop();
        delay.stop();
        assertThat(starts).containsExactly(10L, 10L);
    }

    @InVirtualTime
    void aDelayThatIsOverInAPauseBeginsAnewWithItsEnd(IOLoop loop) {
        PeriodicCallback tick = delay10(loop, 0);
        tick.start();
        sleep(ms(5));
        tick.pause();
        sleep(ms(20)); // 25
        tick.resume();
        sleep(ms(11));
        tick.stop();
        assertThat(starts).containsExactly(35L);
    }

    @InVirtualTime
    void aCallThatRunsAtThePauseEndsAndIsTheLast(IOLoop loop) {
        PeriodicCallback tick = every10(loop, 5);
        tick.start();
        sleep(ms(12));
        tick.pause();
        assertThat(tick.status().state()).isEqualTo(State.RUNNING);
        assertThat(tick.status().paused()).isTrue();
        sleep(ms(4));
        assertThat(tick.status().state()).isEqualTo(State.PAUSED);
        assertThat(tick.status().last()).extracting(PeriodicRun::outcome).isEqualTo(PeriodicRun.Outcome.RETURNED);
        sleep(ms(20)); // 36
        tick.resume();
        sleep(ms(6));
        tick.stop();
        assertThat(starts).containsExactly(10L, 40L);
        assertThat(tick.skipped()).isZero();
        sleep(ms(5)); // the body ends
    }

    @InVirtualTime
    void aPauseThatEndsWhileTheCallRunsChangesNothing(IOLoop loop) {
        PeriodicCallback tick = every10(loop, 5);
        tick.start();
        sleep(ms(11));
        tick.pause();
        sleep(ms(2));
        tick.resume();
        sleep(ms(10));
        tick.stop();
        assertThat(starts).containsExactly(10L, 20L);
        sleep(ms(5)); // the body ends
    }

    @InVirtualTime
    void aTriggerInAPauseCallsAndThePauseGoesOn(IOLoop loop) {
        PeriodicCallback tick = every10(loop, 5);
        tick.start();
        tick.pause();
        sleep(ms(18));
        tick.trigger(); // until 23
        sleep(ms(2));
        tick.resume(); // at 20, so the next time is 30
        sleep(ms(11));
        tick.stop();
        assertThat(starts).containsExactly(18L, 30L);
        assertThat(tick.skipped()).isZero();
        sleep(ms(5)); // the body ends
    }

    @InVirtualTime
    void aPauseOutlastsStopAndStartAndMayComeFirst(IOLoop loop) {
        PeriodicCallback tick = every10(loop, 0);
        tick.pause();
        tick.start();
        assertThat(tick.status().state()).isEqualTo(State.PAUSED);
        sleep(ms(15));
        tick.stop();
        assertThat(tick.status().state()).isEqualTo(State.STOPPED);
        tick.resume();
        tick.pause();
        tick.start(); // at 15
        sleep(ms(12));
        tick.resume();
        sleep(ms(10));
        tick.stop();
        assertThat(starts).containsExactly(35L);
    }

    // ---- beside a loop that is held

    @OnBothCarriers
    void isSteeredAndReadWhileSomebodyKeepsTheTurn(Carrier carrier) throws Exception {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            PeriodicCallback tick = new PeriodicCallback(loop, "tick", PeriodicSchedule.every(ms(10)), () -> {});
            PeriodicCallback holds = new PeriodicCallback(loop, "holds", PeriodicSchedule.every(ms(10)), () -> {
                held.countDown();
                go.await();
            });
            tick.start();
            holds.trigger();
            held.await();
            clock.advance(ms(25));
            assertThat(holds.status().state()).isEqualTo(State.RUNNING);
            assertThat(tick.status().state()).isEqualTo(State.SCHEDULED);
            assertThat(tick.status().next()).as("overdue").isBefore(clock.instant());
            assertThat(tick.trigger()).isTrue();
            assertThat(tick.trigger()).isFalse();
            tick.pause();
            assertThat(tick.status().state()).isEqualTo(State.PAUSED);
            assertThat(tick.runs()).isZero();
            go.countDown();
            Loops.settle(loop);
            assertThat(tick.status().history()).singleElement().matches(PeriodicRun::triggered);
        }
    }

    @OnBothCarriers
    void aCallThatIsCancelledWhileItStandsInLineIsSkippedAndTheScheduleGoesOn(Carrier carrier) throws Exception {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            PeriodicCallback holds = new PeriodicCallback(loop, "holds", PeriodicSchedule.every(ms(9)), () -> {
                held.countDown();
                go.await();
            });
            PeriodicCallback tick = new PeriodicCallback(loop, "tick", PeriodicSchedule.every(ms(10)), () -> {});
            holds.start();
            tick.start();
            clock.advance(ms(10));
            held.await();
            List<Coroutine<?>> inLine = new ArrayList<>();
            ((DefaultIOLoop) loop).turn().line().forEachRemaining(next -> {
                Coroutine<?> coroutine = Coroutine.of(next);
                if (coroutine != null) { // and no short work of the loop's own
                    inLine.add(coroutine);
                }
            });
            assertThat(inLine).singleElement().matches(next -> next.name().equals("tick"));
            inLine.getFirst().cancel(false);
            go.countDown();
            Loops.settle(loop);
            holds.stop();
            assertThat(tick.runs()).isZero();
            assertThat(tick.skipped()).isEqualTo(1);
            clock.advance(ms(10));
            Loops.settle(loop);
            assertThat(tick.runs()).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void isSteeredByAnyThreadAtAnyTimeAndNeverOverlaps(Carrier carrier) throws Exception {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            List<Integer> inside = new CopyOnWriteArrayList<>();
            int[] now = new int[1];
            PeriodicCallback tick = new PeriodicCallback(loop, ms(1), () -> {
                inside.add(++now[0]);
                Async.yieldNow();
                now[0]--;
            });
            tick.start();
            Runnable[] steps = {tick::pause, tick::resume, tick::trigger, tick::stop, tick::start, tick::status};
            Thread[] threads = new Thread[steps.length];
            for (int i = 0; i < threads.length; i++) {
                Runnable step = steps[i];
                threads[i] = Thread.ofPlatform().start(() -> {
                    for (int n = 0; n < 300; n++) {
                        step.run();
                        clock.advance(Duration.ofNanos(200_000));
                        loop.runSync(() -> null);
                    }
                });
            }
            for (Thread thread : threads) {
                thread.join();
            }
            Loops.settle(loop);
            assertThat(inside).isNotEmpty().containsOnly(1);
            tick.resume();
            tick.start();
            long before = tick.runs();
            for (int i = 0; i < 5; i++) {
                clock.advance(ms(1));
                Loops.settle(loop);
            }
            assertThat(tick.runs()).isBetween(before + 4, before + 5);
            tick.stop();
        }
    }

    @InVirtualTime
    void aDelayCountsFromTheEndOfACallAlsoIfThatComesInAPause(IOLoop loop) {
        PeriodicCallback tick = delay10(loop, 5);
        tick.start();
        sleep(ms(11));
        tick.pause();
        sleep(ms(8)); // it has ended at 15
        tick.resume();
        assertThat(tick.status().next()).isEqualTo(loop.clock().instant().plusMillis(6));
        sleep(ms(7)); // 26
        tick.stop();
        assertThat(starts).containsExactly(10L, 25L);
        sleep(ms(5)); // the body ends
    }
}
