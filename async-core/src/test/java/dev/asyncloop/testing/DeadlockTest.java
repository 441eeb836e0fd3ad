package dev.asyncloop.testing;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.shielded;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.asyncloop.Async;
import dev.asyncloop.CapturedLog;
import dev.asyncloop.Carrier;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Promise;
import dev.asyncloop.Suspension;
import dev.asyncloop.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

class DeadlockTest {

    private static final Duration SOON = Duration.ofMillis(50);

    private static VirtualTimeLoop on(Carrier carrier) {
        VirtualTimeLoop loop = VirtualTimeLoop.create(Loops.options(carrier).withGracePeriod(Duration.ofMinutes(10)));
        loop.setOutsideLimit(Duration.ofMinutes(10)); // whoever waits for that waits too long for a test
        return loop;
    }

    private static String deadlock(VirtualTimeLoop loop, Callable<?> main) {
        DeadlockError[] error = new DeadlockError[1];
        assertThatExceptionOfType(DeadlockError.class)
                .isThrownBy(() -> loop.runSync(main))
                .satisfies(ex -> error[0] = ex);
        assertThat(error[0].getSuppressed()).isEmpty();
        assertThat(loop.<Integer>runSync(
                        () -> { // is still of use
                            sleep(Duration.ofDays(1));
                            return 1;
                        }))
                .isEqualTo(1);
        loop.requireNoLeaks();
        return error[0].getMessage();
    }

    @OnBothCarriers
    void twoCoroutinesThatAwaitEachOther(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            List<Task<Object>> tasks = new ArrayList<>();
            List<String> ended = new ArrayList<>();
            String message = deadlock(loop, () -> {
                for (String name : List.of("hen", "egg")) {
                    tasks.add(loop.spawn(name, () -> {
                        sleep(Duration.ofSeconds(30));
                        try {
                            return await(
                                    tasks.get(1 - tasks.indexOf(name.equals("hen") ? tasks.get(0) : tasks.get(1))));
                        } catch (CancellationException ex) {
                            ended.add(name);
                            throw ex;
                        }
                    }));
                }
                return await(tasks.get(0));
            });
            assertThat(message)
                    .startsWith("Deadlock on 'test' after PT30S of virtual time:")
                    .containsPattern("- #\\d+ 'runSync' waiting for coroutine #\\d+ 'hen'")
                    .containsPattern("- #\\d+ 'hen' waiting for coroutine #\\d+ 'egg'")
                    .containsPattern("- #\\d+ 'egg' waiting for coroutine #\\d+ 'hen'")
                    .endsWith("They wait for each other, or for what nobody is left to do.");
            assertThat(ended).containsExactlyInAnyOrder("hen", "egg");
        }
    }

    @OnBothCarriers
    void aSuspensionThatNobodyResumes(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            String message = deadlock(
                    loop,
                    () -> await(Async.spawn(
                            "child", () -> Suspension.begin("an event").await())));
            assertThat(message)
                    .containsPattern(
                            "- #\\d+ 'runSync' waiting for coroutine #\\d+ 'child', 0 ms old\\R  - #\\d+ 'child' waiting for an event");
        }
    }

    @OnBothCarriers
    void aForeignFutureThatNobodyCompletesWithinTheLimit(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            loop.setOutsideLimit(SOON);
            long start = System.nanoTime();
            String message =
                    deadlock(loop, () -> await(Async.spawn("reader", () -> await(new CompletableFuture<String>()))));
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SOON.toNanos());
            assertThat(message)
                    .contains(
                            "'reader' waiting for a CompletableFuture of other code, which is for code outside of the loop")
                    .contains("Outside of virtual time: 'reader' waits for a CompletableFuture of other code.")
                    .contains("within PT0.05S of real time")
                    .contains("`runInExecutor`");
        }
    }

    @OnBothCarriers
    void whateverElseMayBeEndedFromOutside(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier);
                VirtualTimeLoop other = on(carrier)) {
            loop.setOutsideLimit(SOON);
            Task<Object> elsewhere = other.promise("elsewhere").task();
            List<Callable<Object>> waits = List.of(
                    () -> await(loop.promise("mine").task()),
                    () -> await(loop.promise("mine").task().thenApply(value -> value)),
                    () -> await(Mono.never()),
                    () -> await(elsewhere),
                    () -> Async.gather(List.of(loop.promise("mine").task())),
                    () -> Async.asCompleted(List.of(loop.promise("mine").task()))
                            .iterator()
                            .next());
            for (Callable<Object> wait : waits) {
                assertThat(deadlock(loop, wait)).contains("Outside of virtual time: 'runSync' waits for ");
            }
        }
    }

    @OnBothCarriers
    void aForeignThreadThatCompletesWithinTheLimitIsWaitedFor(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            List<Long> seen = new ArrayList<>();
            loop.runSync(() -> {
                for (int i = 0; i < 3; i++) {
                    seen.add(await(Mono.delay(SOON).toFuture()));
                    sleep(Duration.ofDays(1));
                }
                Promise<Long> promise = loop.promise("from outside");
                Mono.delay(SOON).subscribe(promise::succeed);
                seen.add(await(promise.task().thenApply(value -> value + 1)));
                return null;
            });
            assertThat(seen).containsExactly(0L, 0L, 0L, 1L);
        }
    }

    @OnBothCarriers
    void theLimitBeginsAnewWithEachStepFromOutside(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            loop.setOutsideLimit(Duration.ofMillis(800));
            loop.runSync(() -> {
                for (int i = 0; i < 9; i++) {
                    await(Mono.delay(Duration.ofMillis(100)));
                }
                return null;
            });
        }
    }

    @OnBothCarriers
    void whatACoroutineThrowsWhenItIsCancelledIsSuppressed(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            IllegalStateException own = new IllegalStateException("while it cleans up");
            assertThatExceptionOfType(DeadlockError.class)
                    .isThrownBy(() -> loop.runSync(() -> {
                        try {
                            return Suspension.begin("an event").await();
                        } finally {
                            shielded(() -> {
                                sleep(Duration.ofHours(1));
                                throw own;
                            });
                        }
                    }))
                    .satisfies(ex -> assertThat(ex.getSuppressed()).containsExactly(own));
        }
    }

    @OnBothCarriers
    void aCoroutineThatCannotEvenBeCancelledFailsTheTestAllTheSame(Carrier carrier) {
        try (CapturedLog log = new CapturedLog();
                VirtualTimeLoop loop = on(carrier)) {
            assertThatExceptionOfType(DeadlockError.class)
                    .isThrownBy(() -> loop.runSync(
                            () -> shielded(() -> Suspension.begin("an event").await())));
            assertThat(loop.<Integer>runSync(() -> 1)).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void aLoopThatIsClosedDoesNotWaitForWhatCannotCome(Carrier carrier) {
        long start = System.nanoTime();
        Task<?> task;
        try (VirtualTimeLoop loop = on(carrier)) {
            task = loop.spawn(() -> Suspension.begin("an event").await());
        }
        assertThat(task.isCancelled()).isTrue();
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
    }

    @OnBothCarriers
    void isNoneWhileNobodyWaits(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            Promise<Integer> promise = loop.promise("later");
            List<Suspension<Integer>> waits = new ArrayList<>();
            Task<Integer> actor = loop.spawn(() -> {
                waits.add(Suspension.begin("orders"));
                return waits.getFirst().await();
            });
            loop.advance(Duration.ofDays(1));
            assertThat(loop.<Boolean>runSync(() -> waits.getFirst().resume(7))).isTrue();
            assertThat(actor.join()).isEqualTo(7);
            promise.succeed(1);
        }
    }

    @OnBothCarriers
    void theLimitMustNotBeNegative(Carrier carrier) {
        try (VirtualTimeLoop loop = on(carrier)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> loop.setOutsideLimit(Duration.ofSeconds(-1)))
                    .withMessageContaining("PT-1S");
        }
    }
}
