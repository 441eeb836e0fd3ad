package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.asyncloop.testing.ManualClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

class PeriodicCallbackTest {

    private final ManualClock clock = new ManualClock();

    /** When the body began, in milliseconds. */
    private final List<Long> starts = new CopyOnWriteArrayList<>();

    private final AtomicInteger finishes = new AtomicInteger();

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    /** Its end does not wait for bodies that wait for the clock. */
    private IOLoop loop(Carrier carrier) {
        return IOLoop.create(Loops.options(carrier).withClock(clock).withGracePeriod(Duration.ZERO));
    }

    private void advance(IOLoop loop, int steps) {
        Loops.settle(loop);
        clock.advance(Duration.ZERO); // sets off what is due at once
        Loops.settle(loop);
        for (int i = 0; i < steps; i++) {
            clock.advance(ms(1));
            Loops.settle(loop);
        }
    }

    private void mark(IOLoop loop) {
        starts.add(loop.clock().nanoTime() / 1_000_000);
    }

    private PeriodicCallback periodic(IOLoop loop, PeriodicSchedule schedule, PeriodicCallback.Body body) {
        return new PeriodicCallback(loop, "tick", schedule, () -> {
            mark(loop);
            body.run();
            finishes.incrementAndGet();
        });
    }

    @InVirtualTime
    void firstRunsAfterOneFullPeriodAndStopsFromWithin(IOLoop loop) {
        PeriodicCallback[] tick = new PeriodicCallback[1];
        tick[0] = new PeriodicCallback(loop, ms(10), () -> {
            mark(loop);
            if (starts.size() == 3) {
                tick[0].stop();
            }
        });
        assertThat(tick[0].isRunning()).isFalse();
        tick[0].start();
        assertThat(tick[0].isRunning()).isTrue();
        sleep(ms(100));
        assertThat(starts).containsExactly(10L, 20L, 30L);
        assertThat(tick[0].runs()).isEqualTo(3);
        assertThat(tick[0].skipped()).isZero();
        assertThat(tick[0].isRunning()).isFalse();
        assertThat(tick[0]).hasToString("PeriodicCallback 'periodic callback every PT0.01S' (every PT0.01S)");
    }

    @InVirtualTime
    void aBodyThatAwaitsIsNeverOverlappedAndSkipsWholePeriods(IOLoop loop) {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        PeriodicCallback tick = periodic(loop, PeriodicSchedule.every(ms(10)), () -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            sleep(ms(25));
            inside.decrementAndGet();
        });
        tick.start();
        sleep(ms(99));
        assertThat(starts).containsExactly(10L, 40L, 70L);
        assertThat(finishes).hasValue(3);
        assertThat(most).hasValue(1);
        assertThat(tick.skipped()).isEqualTo(6);
        tick.stop();
    }

    @InVirtualTime
    void aBodyThatTakesExactlyOnePeriodLosesOne(IOLoop loop) {
        PeriodicCallback tick = periodic(loop, PeriodicSchedule.every(ms(10)), () -> sleep(ms(10)));
        tick.start();
        sleep(ms(55));
        assertThat(starts).containsExactly(10L, 30L, 50L);
        assertThat(tick.skipped()).isEqualTo(2);
        tick.stop();
        sleep(ms(10)); // the body ends
    }

    @OnBothCarriers
    void aLoopThatWasHeldUpGoesOnOnTheGrid(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            PeriodicCallback tick = periodic(loop, PeriodicSchedule.every(ms(10)), () -> {});
            tick.start();
            Loops.settle(loop);
            clock.advance(ms(34));
            advance(loop, 20);
            assertThat(starts).containsExactly(34L, 40L, 50L);
            assertThat(tick.skipped()).isEqualTo(2);
        }
    }

    @InVirtualTime
    void aDelayCountsFromTheEnd(IOLoop loop) {
        PeriodicCallback tick = periodic(loop, PeriodicSchedule.delay(ms(10)), () -> sleep(ms(25)));
        tick.start();
        sleep(ms(100));
        assertThat(starts).containsExactly(10L, 45L, 80L);
        assertThat(tick.skipped()).isZero();
        tick.stop();
        sleep(ms(25)); // the body ends
    }

    @InVirtualTime
    void anInitialDelayMovesTheGrid(IOLoop loop) {
        PeriodicSchedule every = PeriodicSchedule.every(ms(10));
        PeriodicCallback moved = periodic(loop, every.withInitialDelay(ms(3)), () -> {});
        PeriodicCallback atOnce = periodic(loop, every.withInitialDelay(Duration.ZERO), () -> {});
        moved.start();
        atOnce.start();
        sleep(ms(21));
        assertThat(starts).containsExactly(0L, 3L, 10L, 13L, 20L);
        moved.stop();
        atOnce.stop();
    }

    @InVirtualTime
    void jitterIsDrawnAnewForEachCall(IOLoop loop) {
        double[] randoms = {0.5, 1, 0, 0.75, 0.5};
        AtomicInteger drawn = new AtomicInteger();
        PeriodicSchedule jittered =
                PeriodicSchedule.every(ms(1_000)).withJitter(0.5, () -> randoms[drawn.getAndIncrement()]);
        PeriodicCallback tick = periodic(loop, jittered, () -> {});
        tick.start();
        sleep(ms(4_200));
        assertThat(starts).containsExactly(1_000L, 2_250L, 3_000L, 4_125L);
        assertThat(drawn).hasValue(5);
        tick.stop();
    }

    @InVirtualTime
    void startingTwiceMakesNoSecondChain(IOLoop loop) {
        PeriodicCallback tick = periodic(loop, PeriodicSchedule.every(ms(10)), () -> {});
        tick.start();
        sleep(ms(5));
        tick.start();
        sleep(ms(30));
        assertThat(starts).containsExactly(10L, 20L, 30L);
        tick.stop();
    }

    @InVirtualTime
    void isStoppedAndStartedAgainFromTheBeginning(IOLoop loop) {
        PeriodicCallback tick = periodic(loop, PeriodicSchedule.every(ms(10)), () -> {});
        tick.stop();
        tick.start();
        sleep(ms(15));
        tick.stop();
        assertThat(tick.isRunning()).isFalse();
        sleep(ms(33));
        tick.start();
        sleep(ms(12));
        assertThat(starts).containsExactly(10L, 58L);
        assertThat(tick.skipped()).isZero();
        tick.stop();
    }

    @InVirtualTime
    void aBodyThatRunsAtTheStopEndsInItsOwnTimeAndIsNotRunAgain(IOLoop loop) {
        PeriodicCallback tick = periodic(loop, PeriodicSchedule.every(ms(10)), () -> sleep(ms(25)));
        tick.start();
        sleep(ms(12));
        tick.stop();
        sleep(ms(60));
        assertThat(starts).containsExactly(10L);
        assertThat(finishes).hasValue(1);
    }

    @InVirtualTime
    void aBodyFromBeforeAStopIsNotOverlappedByTheNextStart(IOLoop loop) {
        PeriodicCallback tick = periodic(loop, PeriodicSchedule.every(ms(10)), () -> sleep(ms(25)));
        tick.start();
        sleep(ms(12));
        tick.stop();
        tick.start(); // would be due at 22, 32, ..., but the body ends at 35
        sleep(ms(31));
        assertThat(starts).containsExactly(10L, 42L);
        assertThat(tick.skipped()).isEqualTo(2);
        tick.stop();
        sleep(ms(25)); // the body ends
    }

    @OnBothCarriers
    void aBodyThatFailsIsLoggedWithItsNameAndTheScheduleGoesOn(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = loop(carrier)) {
            PeriodicCallback tick = periodic(loop, PeriodicSchedule.every(ms(10)), () -> {
                switch (starts.size()) {
                    case 1 -> throw new Exception("checked");
                    case 2 -> throw new AssertionError("an error");
                    case 3 -> throw new CancellationException("of what it awaited");
                    default -> {}
                }
            });
            tick.start();
            advance(loop, 45);
            assertThat(starts).containsExactly(10L, 20L, 30L, 40L);
            assertThat(tick.failures()).isEqualTo(3);
            assertThat(log.events()).hasSize(3).allSatisfy(event -> {
                assertThat(event.getFormattedMessage()).contains("Exception in 'tick'");
                assertThat(event.getThrowableProxy()).isNotNull();
            });
        }
    }

    @OnBothCarriers
    void whatABodyStartedEndsWithItsCallAndItsThreadCarriesTheName(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            List<Task<?>> children = new CopyOnWriteArrayList<>();
            List<String> threads = new CopyOnWriteArrayList<>();
            PeriodicCallback tick = periodic(loop, PeriodicSchedule.every(ms(10)), () -> {
                threads.add(Thread.currentThread().getName());
                children.add(Async.spawn(() -> {
                    sleep(ms(1_000));
                    return null;
                }));
            });
            tick.start();
            advance(loop, 11);
            assertThat(children).hasSize(1).allMatch(Task::isCancelled);
            assertThat(threads).singleElement().asString().startsWith("tick #");
            assertThat(tick.isRunning()).isTrue();
        }
    }

    @OnBothCarriers
    void theLoopsEndStopsItAndCancelsABodyThatDoesNotEnd(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            IOLoop loop = IOLoop.create(Loops.options(carrier).withClock(clock).withGracePeriod(ms(20)));
            AtomicInteger cancelled = new AtomicInteger();
            PeriodicCallback stuck = periodic(loop, PeriodicSchedule.every(ms(10)), () -> {
                try {
                    await(loop.promise("never").task());
                } catch (CancellationException ex) {
                    cancelled.incrementAndGet();
                    throw ex;
                }
            });
            PeriodicCallback idle = new PeriodicCallback(loop, "idle", PeriodicSchedule.every(ms(10)), () -> {});
            stuck.start();
            idle.start();
            advance(loop, 11);
            assertThat(idle.runs()).isEqualTo(1);
            loop.close();
            clock.advance(ms(100));
            assertThat(cancelled).hasValue(1);
            assertThat(stuck.isRunning()).isFalse();
            assertThat(stuck.failures()).isZero();
            assertThat(idle.runs()).isEqualTo(1);
            assertThat(log.messages())
                    .anyMatch(message -> message.contains("cancels 1 coroutines") && message.contains("tick"));
            assertThat(idle.isRunning()).isFalse();
            assertThatExceptionOfType(LoopClosedException.class)
                    .isThrownBy(idle::start)
                    .withMessageContaining("'idle'");
            assertThat(idle.isRunning()).isFalse();
        }
    }

    @OnBothCarriers
    void noCallBeginsWhileTheLoopLetsOthersFinish(Carrier carrier) throws Exception {
        IOLoop loop = IOLoop.create(Loops.options(carrier).withClock(clock).withGracePeriod(Duration.ofSeconds(20)));
        PeriodicCallback tick = periodic(loop, PeriodicSchedule.every(ms(10)), () -> {});
        tick.start();
        Promise<String> work = loop.promise("work");
        loop.spawn("waits for work", () -> await(work.task()));
        advance(loop, 11);
        Thread closer = Thread.ofPlatform().start(loop::close);
        while (!loop.isClosing()) {
            Thread.onSpinWait();
        }
        clock.advance(ms(100));
        CountDownLatch turn = new CountDownLatch(1);
        work.task().thenRun(turn::countDown);
        work.succeed("done");
        assertThat(turn.await(20, TimeUnit.SECONDS)).isTrue();
        closer.join();
        assertThat(starts).containsExactly(10L);
        assertThat(tick.isRunning()).isFalse();
    }

    @OnBothCarriers
    void aFullLoopDelaysACallAndDoesNotEndTheSchedule(Carrier carrier) throws Exception {
        try (IOLoop loop = IOLoop.create(Loops.options(carrier).withClock(clock).withMaxCoroutines(1))) {
            PeriodicCallback tick = periodic(loop, PeriodicSchedule.every(ms(10)), () -> {});
            tick.start();
            CountDownLatch full = new CountDownLatch(1);
            Promise<String> room = loop.promise("room");
            Task<?> other = loop.spawn(() -> {
                full.countDown();
                return await(room.task());
            });
            full.await();
            while (((DefaultIOLoop) loop).turn().holder() != null) {
                Thread.onSpinWait(); // until it waits
            }
            for (int i = 0; i < 35; i++) {
                clock.advance(ms(1));
            }
            assertThat(starts).isEmpty();
            other.cancel(false);
            long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (starts.isEmpty() && System.nanoTime() < limit) {
                clock.advance(ms(10)); // nothing else can be started here to wait for
            }
            assertThat(starts).isNotEmpty();
            assertThat(tick.isRunning()).isTrue();
        }
    }

    @OnBothCarriers
    void aTimerThatBeginsWhileItIsStoppedDoesNothing(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            PeriodicCallback tick =
                    periodic(withTimersThatCannotBeCancelled(loop), PeriodicSchedule.every(ms(10)), () -> {});
            tick.start();
            advance(loop, 5);
            tick.stop();
            tick.start();
            advance(loop, 20);
            assertThat(starts).containsExactly(15L, 25L);
        }
    }

    /** Every cancellation comes too late here. */
    private static IOLoop withTimersThatCannotBeCancelled(IOLoop loop) {
        return (IOLoop) Proxy.newProxyInstance(
                IOLoop.class.getClassLoader(), new Class<?>[] {IOLoop.class}, (proxy, method, arguments) -> {
                    Object result = method.invoke(loop, arguments);
                    return result instanceof TimerHandle ? (TimerHandle) () -> false : result;
                });
    }

    @OnBothCarriers
    void isStartedAndStoppedByAnyThreadAtAnyTime(Carrier carrier) throws Exception {
        try (IOLoop loop = loop(carrier)) {
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            PeriodicCallback tick = new PeriodicCallback(loop, ms(1), () -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                Async.yieldNow();
                inside.decrementAndGet();
            });
            Thread[] togglers = new Thread[4];
            for (int i = 0; i < togglers.length; i++) {
                togglers[i] = Thread.ofPlatform().start(() -> {
                    for (int n = 0; n < 500; n++) {
                        tick.start();
                        clock.advance(ms(1));
                        loop.runSync(() -> null);
                        tick.stop();
                    }
                });
            }
            for (Thread toggler : togglers) {
                toggler.join();
            }
            Loops.settle(loop);
            long before = tick.runs();
            assertThat(before).isPositive();
            assertThat(tick.isRunning()).isFalse();
            clock.advance(ms(50));
            Loops.settle(loop);
            assertThat(tick.runs()).isEqualTo(before);
            tick.start();
            advance(loop, 5);
            assertThat(tick.runs()).isEqualTo(before + 5);
            assertThat(most.get()).isLessThanOrEqualTo(1);
        }
    }
}
