package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.withTimeout;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** What Tornado's own tests ask of its coroutines; the numbers are those of {@code tornado-cases.md}. */
class CoroutineCasesTest {

    private static final Duration LONG = Duration.ofHours(1);

    private static final Runnable ON_SOMETHING_DONE = () -> await(CompletableFuture.completedFuture(1));

    private static final Runnable YIELD = Async::yieldNow;

    @OnBothCarriers
    void waitsOnSomethingDoneCostNoTurnAndYieldNowCostsOne(Carrier carrier) { // case 33
        try (IOLoop loop = Loops.on(carrier, new ManualClock())) {
            assertThat(order(loop, ON_SOMETHING_DONE, ON_SOMETHING_DONE)).isEqualTo("aaaaabbbbb");
            assertThat(order(loop, YIELD, YIELD)).isEqualTo("ababababab");
            assertThat(order(loop, YIELD, ON_SOMETHING_DONE)).isEqualTo("abbbbbaaaa");
            assertThat(order(loop, ON_SOMETHING_DONE, YIELD)).isEqualTo("aaaaabbbbb");
        }
    }

    /** Returns who had its step when, of two coroutines with five steps each. */
    private static String order(IOLoop loop, Runnable waitOfA, Runnable waitOfB) {
        StringBuilder order = new StringBuilder();
        loop.runSync(() -> Async.gather(List.of(steps("a", waitOfA, order), steps("b", waitOfB, order))));
        return order.toString();
    }

    private static Task<Void> steps(String name, Runnable wait, StringBuilder order) {
        return Async.spawn(() -> {
            for (int i = 0; i < 5; i++) {
                order.append(name);
                wait.run();
            }
        });
    }

    private static Integer fail(String message) {
        throw new IllegalStateException(message);
    }

    private static Task<Integer> failing(String message) {
        return Async.spawn(() -> {
            yieldNow();
            return fail(message);
        });
    }

    @OnBothCarriers
    void anAwaitedFailureIsCaughtReplacedAndSwallowedAsAnyOther(Carrier carrier) { // case 39
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            assertThatThrownBy(() -> loop.runSync(() -> {
                        try {
                            return await(failing("first"));
                        } catch (IllegalStateException ex) {
                            throw new IllegalArgumentException("second", ex);
                        }
                    }))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("second");
            int swallowed = loop.runSync(() -> {
                try {
                    return await(failing("swallowed"));
                } catch (IllegalStateException ex) {
                    return 42;
                }
            });
            assertThat(swallowed).isEqualTo(42);
            assertThat(log.messages()).isEmpty();
        }
    }

    @OnBothCarriers
    void whatACoroutineThrowsAtOnceAppearsOnlyWhereItIsAwaited(Carrier carrier) { // case 39
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Task<Integer> task = Async.spawn(() -> fail("at once"));
                yieldNow();
                assertThat(task.isDone()).isTrue();
                assertThatThrownBy(() -> await(task)).hasMessage("at once");
                return null;
            });
        }
    }

    @OnBothCarriers
    void aLimitEndsWhatTakesLongerAndLeavesTheRestAlone(Carrier carrier) { // case 40
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            CompletableFuture<String> never = new CompletableFuture<>();
            Task<String> late = loop.spawn(() -> withTimeout(Duration.ofMillis(100), () -> await(never)));
            CompletableFuture<String> value = new CompletableFuture<>();
            Task<String> inTime = loop.spawn(() -> withTimeout(LONG, () -> await(value)));
            CompletableFuture<String> failure = new CompletableFuture<>();
            Task<String> failed = loop.spawn(() -> withTimeout(LONG, () -> await(failure)));
            Loops.settle(loop);
            clock.advance(Duration.ofMillis(99));
            Loops.settle(loop);
            assertThat(late.isDone()).isFalse();
            clock.advance(Duration.ofMillis(1));
            value.complete("asdf");
            failure.completeExceptionally(new IllegalStateException("its own"));
            assertThatThrownBy(late::join)
                    .hasCauseInstanceOf(AsyncTimeoutException.class)
                    .hasMessageContaining("PT0.1S");
            assertThat(inTime.join()).isEqualTo("asdf");
            assertThatThrownBy(failed::join).hasCauseInstanceOf(IllegalStateException.class);
            assertThat(never.isDone())
                    .as("a stage that others made is not cancelled")
                    .isFalse();
            assertThat(loop.<Integer>runSync(
                            () -> ((DefaultIOLoop) loop).timerSet().subjects().size()))
                    .as("timers of limits that are over")
                    .isZero();
        }
    }

    @OnBothCarriers
    void whatIsDoneBeatsALimitThatHasPassed(Carrier carrier) { // case 40
        try (IOLoop loop = Loops.on(carrier)) {
            assertThat(loop.<String>runSync(() -> {
                        Task<String> done = Async.spawn(() -> "asdf");
                        await(done);
                        return withTimeout(Duration.ZERO, () -> await(done));
                    }))
                    .isEqualTo("asdf");
            assertThat(loop.<String>runSync(() -> withTimeout(
                            Duration.ofSeconds(-1), () -> await(CompletableFuture.completedFuture("asdf")))))
                    .isEqualTo("asdf");
        }
    }

    @OnBothCarriers
    void aLimitThatHasPassedEndsTheWaitForAnExecutorCallButNotACallFromBefore(Carrier carrier) { // case 40
        try (IOLoop loop = Loops.on(carrier)) {
            CountDownLatch began = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            boolean value = loop.runSync(() -> {
                Task<Boolean> call = loop.runInExecutor(() -> {
                    began.countDown();
                    return go.await(20, TimeUnit.SECONDS);
                });
                Async.blocking(() -> began.await(20, TimeUnit.SECONDS));
                assertThatThrownBy(() -> withTimeout(Duration.ZERO, () -> await(call)))
                        .isInstanceOf(AsyncTimeoutException.class);
                assertThat(call.isDone()).isFalse();
                go.countDown();
                return await(call);
            });
            assertThat(value).isTrue();
        }
    }

    @OnBothCarriers
    void whatIsCancelledStaysCancelledWhateverCompletesItLater(Carrier carrier) { // case 44
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Promise<Integer> promise = loop.promise("promise");
                assertThat(promise.task().cancel(false)).isTrue();
                assertThat(promise.succeed(42)).isFalse();
                assertThat(promise.fail(new IllegalStateException("late"))).isFalse();
                assertThat(promise.task().isCancelled()).isTrue();
                return null;
            });
            assertThat(log.messages()).isEmpty();
        }
    }

    @OnBothCarriers
    void aValuePassesFromAThreadsFutureToAnotherAndOnToATask(Carrier carrier) throws Exception { // case 44
        try (IOLoop loop = Loops.on(carrier)) {
            CompletableFuture<Integer> ofAThread = new CompletableFuture<>();
            CompletionStage<Integer> another = ofAThread.thenApply(value -> value);
            Promise<Integer> promise = loop.promise("at the end of the chain");
            another.whenComplete((value, failure) -> promise.succeed(value));
            AtomicReference<Boolean> onTheLoop = new AtomicReference<>();
            Task<Integer> awaited = loop.spawn(() -> {
                int value = await(promise.task());
                onTheLoop.set(loop.inLoop());
                return value;
            });
            Thread.ofPlatform().start(() -> ofAThread.complete(42)).join();
            assertThat(awaited.get(20, TimeUnit.SECONDS)).isEqualTo(42);
            assertThat(onTheLoop).hasValue(true);
        }
    }
}
