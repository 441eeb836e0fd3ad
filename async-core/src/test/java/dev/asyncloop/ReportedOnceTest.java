package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.gatherAll;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/** Law 5 where a failure meets a cancellation, a limit, or a second failure. */
class ReportedOnceTest {

    private static void reported(CapturedLog log, IOLoop loop, int count) {
        Loops.settle(loop);
        assertThat(log.messages()).hasSize(count);
        assertThat(loop.statistics().failures()).isEqualTo(count);
    }

    @OnBothCarriers
    void aFailureThatComesWhileAGatherAllIsBeingCancelled(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Promise<Integer> failing = loop.promise("failing");
            Promise<Integer> never = loop.promise("never");
            Task<?> gathering = loop.spawn(() -> gatherAll(List.of(failing.task(), never.task())));
            Loops.settle(loop);
            loop.runSync(() -> {
                gathering.cancel(false);
                failing.fail(new IllegalStateException("boom"));
                return null;
            });
            reported(log, loop, 1);
        }
    }

    @OnBothCarriers
    void aFailureThatACancelledGatherAllHasHeardTwice(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Promise<Integer> failing = loop.promise("failing");
            Promise<Integer> never = loop.promise("never");
            List<Task<?>> gatherings = List.of(
                    loop.spawn(() -> gatherAll(List.of(failing.task(), failing.task(), never.task()))),
                    loop.spawn(() -> gatherAll(List.of(failing.task(), never.task()))));
            Loops.settle(loop);
            failing.fail(new IllegalStateException("boom"));
            Loops.settle(loop);
            gatherings.forEach(gathering -> gathering.cancel(false));
            reported(log, loop, 1);
        }
    }

    @OnBothCarriers
    void aFailureThatSomebodyElseGotToKnow(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Promise<Integer> failing = loop.promise("failing");
            Promise<Integer> never = loop.promise("never");
            Task<?> gathering = loop.spawn(() -> gatherAll(List.of(failing.task(), never.task())));
            Task<?> knowing = loop.spawn(
                    () -> assertThatThrownBy(() -> await(failing.task())).hasMessage("boom"));
            Loops.settle(loop);
            failing.fail(new IllegalStateException("boom"));
            knowing.get(20, TimeUnit.SECONDS);
            gathering.cancel(false);
            reported(log, loop, 0);
        }
    }

    @OnBothCarriers
    void aFailureAfterAForeignThreadHasGivenUpItsGet(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Promise<Integer> failing = loop.promise("failing");
            assertThatThrownBy(() -> failing.task().get(1, TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);
            failing.fail(new IllegalStateException("boom"));
            reported(log, loop, 1);
        }
    }

    @OnBothCarriers
    void aFailureOfTheActionBesideThatOfTheTask(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Promise<Integer> failing = loop.promise("failing");
            CompletableFuture<Integer> dependent =
                    (CompletableFuture<Integer>) failing.task().whenComplete((value, failure) -> {
                        throw new IllegalArgumentException("of the action");
                    });
            IllegalStateException boom = new IllegalStateException("boom");
            failing.fail(boom);
            assertThatThrownBy(() -> dependent.get(20, TimeUnit.SECONDS)).hasCause(boom);
            assertThat(boom.getSuppressed()).hasSize(1).hasOnlyElementsOfType(IllegalArgumentException.class);
        }
    }

    @OnBothCarriers
    void aFailureThatACoroutinesOwnDependentPassesOn(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            AtomicReference<Task<Integer>> self = new AtomicReference<>();
            loop.runSync(() -> {
                self.set(loop.spawn(
                        () -> { // begins in a later turn
                            self.get().thenApply(value -> value);
                            throw new IllegalStateException("boom");
                        }));
                return null;
            });
            Loops.settle(loop);
            reported(log, loop, 1);
        }
    }

    @OnBothCarriers
    void aTaskOfTheBodyThatIsAwaitedAfterItsGroup(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.spawn(() -> {
                        Task<Integer> task = TaskGroup.run(group -> {
                            Task<Integer> failing = Async.spawn(() -> {
                                throw new IllegalStateException("boom");
                            });
                            yieldNow();
                            yieldNow();
                            return failing;
                        });
                        assertThatThrownBy(() -> await(task)).hasMessage("boom");
                    })
                    .get(20, TimeUnit.SECONDS);
            reported(log, loop, 0);
        }
    }
}
