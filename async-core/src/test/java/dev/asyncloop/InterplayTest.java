package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.testing.ManualClock;
import dev.asyncloop.testing.VirtualTimeLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where several of the runtime's parts meet: relieved hand-overs, timers in parts, watching, looking, the end. */
@Timeout(120)
class InterplayTest {

    /** More than are set off in one part, and no multiple of it. */
    private static final int MANY = 2_500;

    static Stream<Arguments> loops() {
        return Stream.of(Carrier.values())
                .flatMap(carrier -> Stream.of(SwitchOn.values())
                        .filter(switchOn -> switchOn == SwitchOn.AWAIT || carrier == Carrier.EVENT_LOOP)
                        .flatMap(switchOn -> Stream.of(true, false)
                                .map(nativeTransport -> Arguments.of(carrier, switchOn, nativeTransport))));
    }

    private static IOLoop loop(Carrier carrier, SwitchOn switchOn, boolean nativeTransport) {
        return IOLoop.create(Loops.options(carrier).withSwitchOn(switchOn).withNativeTransport(nativeTransport));
    }

    // ---- timers in parts

    @OnBothCarriers
    void theOrderOfDeadlinesIsExactAcrossPartsAlsoWhereTheFirstOnesSetAndCancelOthers(Carrier carrier)
            throws InterruptedException {
        ManualClock clock = new ManualClock();
        List<Integer> fired = new ArrayList<>();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                List<TimerHandle> handles = new ArrayList<>();
                for (int i = MANY - 1; i >= 0; i--) { // the last deadline first
                    int number = i;
                    handles.addFirst(loop.callLater(Duration.ofNanos(1 + i), () -> {
                        fired.add(number);
                        if (number == 0) {
                            loop.callLater(Duration.ZERO, () -> fired.add(MANY));
                            handles.get(1_001).cancel(); // of the second part, which is due as well
                            handles.get(MANY - 1).cancel();
                        }
                    }));
                }
                return null;
            });
            clock.advance(Duration.ofNanos(MANY));
            StuckLoop.until(() -> loop.runSync(fired::size) >= MANY - 1); // it is done in parts
            Loops.settle(loop);
        }
        assertThat(fired)
                .containsExactlyElementsOf(IntStream.rangeClosed(0, MANY)
                        .filter(number -> number != 1_001 && number != MANY - 1)
                        .boxed()
                        .toList());
    }

    @OnBothCarriers
    void virtualTimeDoesNotJumpOnWhileTheRestOfWhatIsDueIsSetOff(Carrier carrier) {
        AtomicInteger due = new AtomicInteger();
        try (VirtualTimeLoop loop = VirtualTimeLoop.create(Loops.options(carrier))) {
            List<Integer> seen = loop.runSync(() -> {
                List<Integer> atEachStep = new ArrayList<>();
                for (int step = 1; step <= 5; step++) {
                    for (int i = 0; i < MANY; i++) {
                        loop.callLater(Duration.ofSeconds(1), due::incrementAndGet);
                    }
                    loop.callLater(Duration.ofSeconds(1).plusNanos(1), () -> atEachStep.add(due.get()));
                    sleep(Duration.ofSeconds(1).plusNanos(2));
                }
                return atEachStep;
            });
            assertThat(seen).containsExactly(MANY, 2 * MANY, 3 * MANY, 4 * MANY, 5 * MANY);
        }
    }

    // ---- the loop's own short code

    /** Nobody has begun this coroutine: whoever hands the turn on ends it, within the hand-over. */
    @OnBothCarriers
    void whatDependsOnACoroutineThatNeverBeganMayNotWaitEither(Carrier carrier) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Promise<Integer> never = loop.promise("never");
            Task<?> keeper = loop.spawn("keeper", () -> end.await(20, TimeUnit.SECONDS));
            Task<Integer> neverBegan = loop.spawn("never began", () -> 1);
            neverBegan.handleAsync(
                    (value, failure) -> {
                        try {
                            never.task().get(5, TimeUnit.SECONDS);
                            refused.complete(new AssertionError("has waited"));
                        } catch (Throwable ex) {
                            refused.complete(ex);
                        }
                        return 1;
                    },
                    Runnable::run);
            neverBegan.cancel(false);
            end.countDown();
            assertThat(refused.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("would wait for itself");
            keeper.get(20, TimeUnit.SECONDS);
        }
    }

    /** It runs in whatever thread hands the turn on, and that one has no turn of its own: the turn is what it keeps. */
    @OnBothCarriers
    void aHandlerThatTakesLongIsReportedAsKeepingTheTurnAndOnlyAsThat(Carrier carrier) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        try (StuckLoop stuck = new StuckLoop(carrier)) {
            IOLoop loop = stuck.loop();
            Promise<Integer> promise = loop.promise("slowly cancelled");
            promise.onCancel(() -> {
                while (!over.get()) {
                    Thread.onSpinWait();
                }
            });
            promise.task().orTimeout(Duration.ofMillis(1));
            try {
                stuck.assertHeld(
                        SlowCallback.Held.TURN, "'a handler of a timer, a limit or a cancellation'", "it computes");
                new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS); // long enough for another report
                assertThat(stuck.reports()).isEqualTo(1);
            } finally {
                over.set(true);
            }
            stuck.assertGoesOn();
        }
    }

    // ---- looking while all goes on

    /** Four threads ask for all there is to see, while coroutines start, wait, fail, are cancelled, and end. */
    @ParameterizedTest
    @MethodSource("loops")
    void whoLooksSeesNoWrongStateAndDisturbsNobody(Carrier carrier, SwitchOn switchOn, boolean nativeTransport)
            throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        int[] counts = new int[2]; // a counter without synchronisation, and how often two were at it
        boolean[] inside = new boolean[1];
        Runnable touch = () -> {
            if (inside[0]) {
                counts[1]++;
            }
            inside[0] = true;
            int before = counts[0];
            Thread.onSpinWait();
            counts[0] = before + 1;
            inside[0] = false;
        };
        AtomicInteger touched = new AtomicInteger();
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = loop(carrier, switchOn, nativeTransport)) {
            List<Task<?>> work = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                work.add(loop.spawn("busy", () -> {
                    int round = 0;
                    while (!enough.get()) {
                        touch.run();
                        touched.incrementAndGet();
                        switch (round++ % 6) {
                            case 0 -> sleep(Duration.ofNanos(50_000));
                            case 1 ->
                                await(Async.spawn("child", () -> {
                                    yieldNow();
                                    touch.run();
                                    return touched.incrementAndGet();
                                }));
                            case 2 ->
                                Async.spawn("cancelled", () -> sleep(Duration.ofHours(1)))
                                        .cancel(true);
                            case 3 ->
                                Async.blocking(() -> {
                                    Thread.yield();
                                    return 1;
                                });
                            case 4 -> {
                                Task<Integer> failing = Async.spawn("failing", () -> {
                                    throw new IllegalStateException("expected");
                                });
                                assertThatThrownBy(() -> await(failing)).hasMessage("expected");
                            }
                            default ->
                                assertThatThrownBy(() -> Async.withTimeout(Duration.ofNanos(50_000), () -> {
                                            sleep(Duration.ofHours(1));
                                            return null;
                                        }))
                                        .isInstanceOf(AsyncTimeoutException.class);
                        }
                    }
                    return null;
                }));
            }
            List<Thread> lookers = new ArrayList<>();
            AtomicInteger looks = new AtomicInteger();
            for (int i = 0; i < 4; i++) {
                int kind = i;
                lookers.add(Thread.ofPlatform().name("looker-" + i).start(() -> {
                    try {
                        while (!enough.get()) {
                            look(loop, kind);
                            looks.incrementAndGet();
                        }
                    } catch (Throwable ex) {
                        wrong.compareAndSet(null, ex);
                    }
                }));
            }
            new CountDownLatch(1).await(1, TimeUnit.SECONDS);
            enough.set(true);
            for (Task<?> one : work) {
                one.get(20, TimeUnit.SECONDS);
            }
            for (Thread looker : lookers) {
                looker.join(20_000);
            }
            assertThat(wrong.get()).isNull();
            assertThat(looks.get()).isGreaterThan(4);
            int total = touched.get();
            assertThat(loop.runSync(() -> counts[0])).isEqualTo(total);
            assertThat(counts[1]).isZero();
            StuckLoop.until(() -> loop.statistics().live() == 0);
            assertThat(loop.coroutines()).isEmpty();
            assertThat(loop.statistics().failures()).isZero();
            assertThat(log.messages()).noneMatch(message -> message.startsWith("Exception"));
        }
    }

    private static void look(IOLoop loop, int kind) {
        switch (kind) {
            case 0 -> {
                LoopStatistics seen = loop.statistics();
                assertThat(seen.live()).isBetween(0, 100);
                assertThat(seen.busyShare()).isBetween(0.0, 1.0);
                assertThat(seen.waiting()).isBetween(0, 100);
                assertThat(seen.timers()).isBetween(0, 1_000);
                assertThat(seen.lag()).isLessThan(Duration.ofSeconds(20)).isGreaterThanOrEqualTo(Duration.ZERO);
                loop.slowCallback();
            }
            case 1 -> assertConsistent(loop.coroutines(), "loop");
            case 2 -> assertConsistent(loop.coroutinesWithStacks(), "loop");
            default -> loop.coroutines().forEach(one -> loop.stackOf(one.id()));
        }
    }

    private static void assertConsistent(List<CoroutineInfo> seen, String owner) {
        for (CoroutineInfo one : seen) {
            assertThat(one.owner()).isEqualTo(owner);
            assertThat(one.age()).isGreaterThanOrEqualTo(Duration.ZERO);
            assertThat(one.waitsFor() != null).isEqualTo(one.state() == CoroutineInfo.State.WAITING);
            assertConsistent(one.children(), "coroutine #" + one.id());
        }
    }

    // ---- the end

    /** The loop ends while hand-overs go on in threads of their own and timers are on their way. */
    @ParameterizedTest
    @MethodSource("loops")
    void aLoopThatEndsInTheMiddleOfLongHandOversLosesNobody(Carrier carrier, SwitchOn switchOn, boolean nativeTransport)
            throws Exception {
        for (int round = 0; round < 15; round++) {
            AtomicInteger ended = new AtomicInteger();
            List<Task<?>> tasks = new ArrayList<>();
            IOLoop loop = IOLoop.create(Loops.options(carrier)
                    .withSwitchOn(switchOn)
                    .withNativeTransport(nativeTransport)
                    .withName("ending")
                    .withGracePeriod(Duration.ZERO));
            try {
                for (int i = 0; i < MANY; i++) {
                    loop.callLater(Duration.ofMillis(1), () -> {});
                }
                for (int i = 0; i < 500; i++) { // their cancellations are done within one hand-over
                    tasks.add(loop.promise("waits").task());
                    tasks.add(loop.spawn(() -> {
                        try {
                            sleep(Duration.ofHours(1));
                        } finally {
                            ended.incrementAndGet();
                        }
                    }));
                }
                Loops.settle(loop);
                tasks.forEach(task -> task.whenComplete((value, failure) -> ended.addAndGet(0)));
            } finally {
                loop.close();
            }
            assertThat(ended.get()).isEqualTo(500);
            assertThat(tasks).allMatch(Task::isDone);
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith("ending"));
        }
    }
}
