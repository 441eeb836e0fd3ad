package dev.asyncloop.testing;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import dev.asyncloop.Async;
import dev.asyncloop.CapturedLog;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.PeriodicCallback;
import dev.asyncloop.Suspension;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.opentest4j.TestAbortedException;

class LoopTestTest {

    private static final Duration DAY = Duration.ofDays(1);

    private static final AssertionError ASSERTION = new AssertionError("not as expected");

    private static final IOException CHECKED = new IOException("checked");

    private static final CompletionException WRAPPED = new CompletionException(new IOException("inside"));

    /** What the fixtures have seen. */
    private static final List<Object> seen = new CopyOnWriteArrayList<>();

    /** What became of each test, by its method and its name in the report. */
    private static Map<String, TestExecutionResult> run(Class<?> fixture) {
        seen.clear();
        Map<String, TestExecutionResult> results = new LinkedHashMap<>();
        EngineTestKit.engine("junit-jupiter")
                .configurationParameter(Fixture.PARAMETER, "true")
                .selectors(DiscoverySelectors.selectClass(fixture))
                .execute()
                .testEvents()
                .finished()
                .stream()
                .forEach(event -> results.put(name(event), event.getRequiredPayload(TestExecutionResult.class)));
        return results;
    }

    private static String name(Event event) {
        String method = event.getTestDescriptor()
                .getParent()
                .orElseThrow()
                .getDisplayName()
                .replaceAll("\\(.*", "");
        return method + " " + event.getTestDescriptor().getDisplayName();
    }

    private static Throwable failure(Map<String, TestExecutionResult> results, String method) {
        return results.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(method + " "))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No " + method + " in " + results.keySet()))
                .getValue()
                .getThrowable()
                .orElseThrow();
    }

    // ---- what works

    @Fixture
    static class Working {

        private IOLoop before;

        @BeforeEach
        void before(VirtualTimeLoop loop) {
            before = loop;
            loop.callLater(Duration.ofSeconds(2), () -> seen.add("second"));
            loop.advance(Duration.ZERO);
            loop.callLater(Duration.ofSeconds(1), () -> seen.add("first"));
            seen.add("in beforeEach: " + loop.inLoop());
        }

        @AfterEach
        void after(IOLoop loop) {
            seen.add("in afterEach: "
                    + loop.runSync(() -> {
                        sleep(DAY);
                        return loop == before;
                    }));
        }

        @LoopTest(carriers = {Carrier.EVENT_LOOP, Carrier.JDK})
        void waits(IOLoop loop, VirtualTimeLoop same, TestInfo info, @TempDir Path directory) {
            sleep(DAY);
            seen.add(loop.carrier());
            seen.add(loop == before && loop == same && loop == IOLoop.current() && loop.inLoop());
            seen.add(same.elapsed());
            seen.add(Thread.currentThread().getName() + ", "
                    + info.getTestMethod().orElseThrow().getName() + ", " + (directory != null));
        }
    }

    @Test
    void runsTheMethodAsACoroutineOnEachCarrierWithItsLoopAndOthersParameters() {
        assertThat(run(Working.class))
                .hasSize(2)
                .allSatisfy((name, result) -> assertThat(result.getThrowable()).isEmpty());
        assertThat(run(Working.class).keySet()).containsExactly("waits EVENT_LOOP", "waits JDK");
        List<Object> expected = new ArrayList<>();
        for (Carrier carrier : Carrier.values()) {
            expected.addAll(List.of(
                    "in beforeEach: false",
                    "first",
                    "second",
                    carrier,
                    true,
                    DAY,
                    "waits #1, waits, true",
                    "in afterEach: true"));
        }
        assertThat(seen).isEqualTo(expected);
    }

    @Fixture
    static class InRealTime {

        @LoopTest(time = LoopTest.Time.REAL)
        void sleeps(IOLoop loop) {
            long start = System.nanoTime();
            sleep(Duration.ofMillis(20));
            seen.add(System.nanoTime() - start >= 20_000_000);
            seen.add(loop instanceof VirtualTimeLoop);
        }

        @LoopTest(time = LoopTest.Time.REAL)
        void leaks(IOLoop loop) {
            loop.spawn("sleeper", () -> sleep(DAY));
        }

        @LoopTest(time = LoopTest.Time.REAL)
        void wantsTheWrongLoop(VirtualTimeLoop loop) {}

        @LoopTest(time = LoopTest.Time.REAL, timeout = "50ms")
        void takesTooLong() {
            sleep(DAY);
        }
    }

    @Test
    void runsInRealTimeIfAskedTo() {
        Map<String, TestExecutionResult> results = run(InRealTime.class);
        assertThat(results.get("sleeps real time").getThrowable()).isEmpty();
        assertThat(seen).containsExactly(true, false);
        assertThat(failure(results, "leaks")).isInstanceOf(LeakError.class).hasMessageContaining("'sleeper'");
        assertThat(failure(results, "wantsTheWrongLoop"))
                .hasMessageContaining("'wantsTheWrongLoop' has time = REAL, and so no VirtualTimeLoop");
        assertThat(failure(results, "takesTooLong"))
                .hasMessageContaining("'takesTooLong' waiting for sleep of PT24H")
                .hasMessageContaining("Nobody has the turn.");
    }

    // ---- what fails

    @Fixture
    static class Throwing {

        @LoopTest
        void assertion() {
            sleep(DAY);
            throw ASSERTION;
        }

        @LoopTest
        void checked() throws IOException {
            throw CHECKED;
        }

        @LoopTest
        void wrapped() {
            throw WRAPPED;
        }

        @LoopTest
        void aborted() {
            throw new TestAbortedException("not here");
        }

        @LoopTest
        void failsAndLeaks(IOLoop loop) {
            loop.spawn("sleeper", () -> sleep(DAY));
            throw ASSERTION;
        }
    }

    @Test
    void whatTheMethodThrowsIsWhatJUnitGets() {
        ASSERTION.addSuppressed(new Exception("there may be others"));
        Map<String, TestExecutionResult> results = run(Throwing.class);
        assertThat(failure(results, "assertion")).isSameAs(ASSERTION);
        assertThat(failure(results, "checked")).isSameAs(CHECKED);
        assertThat(failure(results, "wrapped")).isSameAs(WRAPPED);
        assertThat(results.get("aborted virtual time").getStatus()).isEqualTo(TestExecutionResult.Status.ABORTED);
        assertThat(failure(results, "failsAndLeaks")).isSameAs(ASSERTION);
        assertThat(ASSERTION.getSuppressed())
                .anySatisfy(
                        leak -> assertThat(leak).isInstanceOf(LeakError.class).hasMessageContaining("'sleeper'"));
    }

    @Fixture
    static class Stuck {

        @LoopTest
        void deadlock() {
            await(Async.spawn("child", () -> Suspension.begin("an event").await()));
        }

        @LoopTest
        void foreign(VirtualTimeLoop loop) {
            loop.setOutsideLimit(Duration.ofMillis(50));
            await(new CompletableFuture<>());
        }

        @LoopTest
        void leaks(IOLoop loop) {
            new PeriodicCallback(loop, DAY, () -> seen.add("tick")).start();
        }

        @LoopTest(timeout = "200ms")
        void endless(IOLoop loop) {
            new PeriodicCallback(loop, DAY, () -> {}).start();
            Suspension.begin("an event").await();
        }
    }

    @Test
    void deadlocksAndLeaksFail() {
        Map<String, TestExecutionResult> results = run(Stuck.class);
        assertThat(failure(results, "deadlock"))
                .isInstanceOf(DeadlockError.class)
                .message()
                .containsPattern("'deadlock' waiting for coroutine #\\d+ 'child'")
                .contains("'child' waiting for an event");
        assertThat(failure(results, "foreign"))
                .isInstanceOf(DeadlockError.class)
                .hasMessageContaining(
                        "Outside of virtual time: 'foreign' waits for a CompletableFuture of other code.");
        assertThat(failure(results, "leaks"))
                .isInstanceOf(LeakError.class)
                .hasMessageContaining("- timer 'periodic callback every PT24H'");
        assertThat(failure(results, "endless"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("'endless' did not end within PT0.2S of real time")
                .hasMessageContaining("'endless' waiting for an event");
        assertThat(seen).isEmpty();
    }

    @Fixture
    static class KeepingTheTurn {

        static volatile boolean ended;

        @AfterEach
        void after(IOLoop loop) {
            loop.runSync(() -> seen.add("afterEach"));
        }

        @LoopTest(
                timeout = "100ms",
                carriers = {Carrier.EVENT_LOOP, Carrier.JDK})
        void blocks() throws InterruptedException {
            Async.spawn("child", () -> sleep(DAY));
            Async.yieldNow();
            Thread.sleep(DAY);
        }

        @LoopTest(
                timeout = "100ms",
                carriers = {Carrier.EVENT_LOOP, Carrier.JDK})
        void spins() {
            while (!ended) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aTestThatKeepsTheTurnFailsWithItsStackAndDoesNotHang() {
        long start = System.nanoTime();
        try (CapturedLog log = new CapturedLog()) {
            Map<String, TestExecutionResult> results = run(KeepingTheTurn.class);
            assertThat(results).hasSize(4);
            results.forEach((name, result) -> {
                String method = name.startsWith("blocks") ? "blocks" : "spins";
                assertThat(result.getThrowable().orElseThrow())
                        .as(name)
                        .isExactlyInstanceOf(AssertionError.class)
                        .hasMessageContaining("'" + method + "' did not end within PT0.1S")
                        .hasMessageContaining("'" + method + "' running")
                        .hasMessageContaining("'" + method + "' has the turn, and is here:")
                        .hasMessageContaining(KeepingTheTurn.class.getName() + "." + method);
            });
            assertThat(failure(results, "blocks"))
                    .hasMessageContaining("'child' waiting for sleep of PT24H")
                    .hasMessageNotContaining("left behind");
            assertThat(failure(results, "spins")).hasMessageContaining("its thread is left behind");
            assertThat(seen).containsExactly("afterEach", "afterEach");
        } finally {
            KeepingTheTurn.ended = true;
        }
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(30));
    }

    @Fixture
    static class WrongLimit {

        @LoopTest(timeout = "5 bananas")
        void never() {
            seen.add("it ran");
        }
    }

    @Test
    void aLimitThatIsNoneIsRefused() {
        seen.clear();
        EngineTestKit.engine("junit-jupiter")
                .configurationParameter(Fixture.PARAMETER, "true")
                .selectors(DiscoverySelectors.selectClass(WrongLimit.class))
                .execute()
                .containerEvents()
                .failed()
                .assertEventsMatchExactly(finishedWithFailure(message(
                        message -> message.contains("timeout = \"5 bananas\" of @LoopTest on WrongLimit.never"))));
        assertThat(seen).isEmpty();
        for (String limit : List.of("500ms", "5s", "5 s", "2m", "1h", "PT0.5S")) {
            assertThat(Limits.parse("here", limit)).isPositive();
        }
    }

    @Nested
    class Itself {

        @LoopTest
        void isUsedHere(VirtualTimeLoop loop) {
            sleep(DAY);
            assertThat(loop.elapsed()).isEqualTo(DAY);
        }
    }
}
