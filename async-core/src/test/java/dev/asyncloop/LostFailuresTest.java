package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Law 5: a failure that nobody awaited is logged once and counted, whatever it went through. */
class LostFailuresTest {

    private static <T> T fail(String message) {
        throw new IllegalStateException(message);
    }

    private static Task<Integer> failing() {
        return Async.spawn("failing", () -> fail("of the task"));
    }

    private static void turns() {
        for (int i = 0; i < 6; i++) {
            yieldNow();
        }
    }

    private static void lost(Carrier carrier, int count, Runnable body) {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                body.run();
                turns();
                return null;
            });
            Loops.settle(loop);
            assertThat(log.messages()).hasSize(count).allMatch(message -> message.contains("nobody awaited"));
            assertThat(loop.statistics().failures()).isEqualTo(count);
        }
    }

    @OnBothCarriers
    void aDependentThatFailsIsReported(Carrier carrier) {
        lost(carrier, 1, () -> Async.spawn(() -> 1).thenAccept(one -> fail("of the dependent")));
        lost(carrier, 1, () -> Async.spawn(() -> 1).thenAcceptAsync(one -> fail("of the dependent")));
        lost(carrier, 1, () -> IOLoop.current().spawn(() -> 1).handle((one, failure) -> fail("of the dependent")));
        lost(carrier, 1, () -> Async.spawn(() -> 1).whenComplete((one, failure) -> fail("of the action")));
    }

    @OnBothCarriers
    void aFailureThatADependentOnlyPassesOnIsReportedOnce(Carrier carrier) {
        lost(carrier, 1, () -> failing().thenApply(one -> 2));
        lost(carrier, 1, () -> failing().thenApply(one -> 2).thenApply(two -> 3).thenAccept(three -> {}));
        lost(carrier, 1, () -> {
            CompletionStage<Integer> failed = failing();
            turns();
            failed.thenApplyAsync(one -> 2);
        });
    }

    @OnBothCarriers
    void whoGetsToKnowAFailureHasIt(Carrier carrier) {
        List<String> known = new ArrayList<>();
        lost(
                carrier,
                0,
                () -> failing().exceptionally(failure -> {
                    known.add("exceptionally");
                    return 1;
                }));
        lost(carrier, 0, () -> failing().handle((one, failure) -> known.add("handle")));
        lost(carrier, 0, () -> failing().whenComplete((one, failure) -> known.add("whenComplete")));
        lost(carrier, 0, () -> failing().whenCompleteAsync((one, failure) -> known.add("whenCompleteAsync")));
        assertThat(known).containsExactly("exceptionally", "handle", "whenComplete", "whenCompleteAsync");
    }

    @OnBothCarriers
    void whatIsAwaitedLaterIsNotReported(Carrier carrier) {
        lost(carrier, 0, () -> {
            Task<Integer> task = failing();
            CompletionStage<Integer> dependent = Async.spawn(() -> 1).thenApply(one -> fail("of the dependent"));
            turns();
            assertThatThrownBy(() -> await(task)).hasMessage("of the task");
            assertThatThrownBy(() -> await(dependent)).hasMessage("of the dependent");
        });
        lost(carrier, 0, () -> {
            CompletionStage<Integer> dependent = Async.spawn(() -> 1).thenApply(one -> fail("of the dependent"));
            assertThatThrownBy(() -> await(dependent)).hasMessage("of the dependent");
        });
    }

    @OnBothCarriers
    void aCopyForOtherCodeDoesNotReport(Carrier carrier) {
        lost(carrier, 0, () -> {
            CompletableFuture<Void> all = CompletableFuture.allOf(failing().toCompletableFuture());
            assertThatThrownBy(() -> await(all)).hasMessage("of the task");
        });
    }

    @OnBothCarriers
    void failuresOfALongLivedOwnerDoNotPileUp(Carrier carrier) {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                for (int i = 0; i < 350; i++) {
                    Async.spawn(() -> fail("one of many"));
                    yieldNow();
                }
                yieldNow();
                assertThat(log.messages()).hasSizeGreaterThanOrEqualTo(200).hasSizeLessThan(350);
                return null;
            });
            assertThat(log.messages()).hasSize(350);
        }
    }

    @OnBothCarriers
    void aDependentRunsEvenIfItsMakerHasEnded(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Semaphore ran = new Semaphore(0);
            Promise<Integer> promise = loop.promise("later");
            loop.runSync(() -> promise.task().thenAccept(one -> ran.release()));
            promise.succeed(1);
            assertThat(ran.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @OnBothCarriers
    void whenCompleteKeepsTheContractOfCompletionStage(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                assertThat(await(Async.spawn(() -> 1).whenComplete((one, failure) -> {})))
                        .isEqualTo(1);
                Function<Throwable, Throwable> same = failure -> failure;
                Throwable passed = await(failing()
                        .whenComplete((one, failure) -> fail("suppressed by the first"))
                        .thenApply(one -> (Throwable) null)
                        .exceptionally(same));
                assertThat(passed)
                        .isInstanceOf(CompletionException.class)
                        .cause()
                        .hasMessage("of the task");
                Throwable own = await(Async.spawn(() -> 1)
                        .whenComplete((one, failure) -> fail("of the action"))
                        .thenApply(one -> (Throwable) null)
                        .exceptionally(same));
                assertThat(own).isInstanceOf(CompletionException.class).cause().hasMessage("of the action");
                return null;
            });
        }
    }

    @OnBothCarriers
    void aTaskIsNotCompletedFromOutside(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            Task<Integer> task = loop.spawn("mine", () -> 1);
            assertThatThrownBy(() -> ((CompletableFuture<Integer>) task).complete(2))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("'mine'")
                    .hasMessageContaining("IOLoop.promise");
            assertThat(task.join()).isEqualTo(1);
            CompletableFuture<Integer> copy =
                    loop.<Integer>promise("pending").task().toCompletableFuture();
            assertThat(copy.complete(3)).isTrue();
            assertThat(copy.join()).isEqualTo(3);
        }
    }

    /** To log it takes a wait of the JDK's, for which a coroutine that switches on any lends its turn. */
    private static final class SlowlyDescribed extends RuntimeException {

        @Override
        public String getMessage() {
            try {
                Thread.sleep(1);
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
            return "slowly described";
        }
    }

    /** A hundred are kept; the next one has them reported, while others that stand between them in the list end. */
    @Test
    void allThatAreTooManyAreReportedAlsoWhereTheTurnIsLentMeanwhile() throws Exception {
        int kept = 100;
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = IOLoop.create(Loops.options(Carrier.EVENT_LOOP).withSwitchOn(SwitchOn.ANY))) {
            Task<?> owner = loop.spawn("owner", () -> {
                Promise<Integer> go = loop.promise("go");
                for (int i = 0; i < kept; i++) {
                    Async.spawn("between", () -> await(go.task()));
                    Async.spawn("failing", () -> {
                        throw new SlowlyDescribed();
                    });
                }
                Async.yieldNow();
                Async.spawn("one too many", () -> {
                    go.succeed(1); // those in between end as soon as the turn is lent
                    throw new SlowlyDescribed();
                });
                sleep(Duration.ofHours(1));
                return null;
            });
            StuckLoop.until(() -> log.messages().size() == kept);
            assertThat(loop.runSync(owner::isDone)).isFalse();
            owner.cancel(false);
            StuckLoop.until(() -> loop.statistics().failures() == kept + 1);
        }
    }
}
