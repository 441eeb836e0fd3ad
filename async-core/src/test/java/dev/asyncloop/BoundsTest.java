package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Law 7: a full loop refuses with a named error, and loses nothing that it has accepted before. */
class BoundsTest {

    private static IOLoop loop(Carrier carrier, int most) {
        return IOLoop.create(Loops.options(carrier).withMaxCoroutines(most));
    }

    /** Fills a loop with coroutines that wait for this. */
    private static CompletableFuture<Integer> fill(IOLoop loop, int count) {
        CompletableFuture<Integer> until = new CompletableFuture<>();
        for (int i = 0; i < count; i++) {
            loop.spawn(() -> await(until));
        }
        return until;
    }

    @OnBothCarriers
    void everyWayToStartOneIsRefusedWithTheLimitAndTheWayOut(Carrier carrier) {
        try (IOLoop loop = loop(carrier, 3)) {
            CompletableFuture<Integer> until = fill(loop, 3);
            for (ThrowingCallable start : List.<ThrowingCallable>of(
                    () -> loop.spawn("one more", () -> 1),
                    () -> loop.addCallback(() -> {}),
                    () -> loop.execute(() -> {}),
                    () -> loop.runSync(() -> 1),
                    () -> loop.mono("request", () -> 1).block(Duration.ofSeconds(20)))) {
                assertThatThrownBy(start)
                        .isInstanceOf(LoopFullException.class)
                        .hasMessageContaining("'test'")
                        .hasMessageContaining("3 live coroutines")
                        .hasMessageContaining("maxCoroutines");
            }
            until.complete(1);
        }
    }

    @OnBothCarriers
    void aDueTimersCallbackWaitsForRoom(Carrier carrier) throws Exception {
        try (IOLoop loop = loop(carrier, 2)) {
            CountDownLatch called = new CountDownLatch(1);
            CompletableFuture<Integer> until = fill(loop, 2);
            loop.callLater(Duration.ZERO, called::countDown);
            assertThat(called.await(30, TimeUnit.MILLISECONDS)).isFalse();
            until.complete(1);
            assertThat(called.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @OnBothCarriers
    void aDependentThatFindsNoRoomFailsWithTheNamedError(Carrier carrier) throws Exception {
        try (IOLoop loop = loop(carrier, 2)) {
            Promise<Integer> promise = loop.promise("value");
            CompletableFuture<Integer> dependent =
                    promise.task().thenApply(value -> value + 1).toCompletableFuture();
            CompletableFuture<Integer> until = fill(loop, 2);
            promise.succeed(1);
            assertThatThrownBy(() -> dependent.get(20, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(LoopFullException.class);
            assertThat(promise.task().get(20, TimeUnit.SECONDS)).isEqualTo(1);
            until.complete(1);
        }
    }

    @OnBothCarriers
    void whoWaitsAlreadyGoesOnInAFullLoop(Carrier carrier) throws Exception {
        try (IOLoop loop = loop(carrier, 3)) {
            CompletableFuture<Integer> until = fill(loop, 2);
            CountDownLatch refused = new CountDownLatch(1);
            Task<Integer> task = loop.spawn(() -> {
                assertThatThrownBy(() -> Async.spawn(() -> 1)).isInstanceOf(LoopFullException.class);
                refused.countDown();
                Async.sleep(Duration.ofMillis(1));
                return await(loop.runInExecutor(() -> 1)) + Async.withTimeout(Duration.ofHours(1), () -> await(until));
            });
            assertThat(refused.await(20, TimeUnit.SECONDS)).isTrue();
            until.complete(1);
            assertThat(task.get(20, TimeUnit.SECONDS)).isEqualTo(2);
        }
    }

    @OnBothCarriers
    void aFullExecutorLosesNoneOfWhatItHasTaken(Carrier carrier) throws Exception {
        try (IOLoop loop =
                IOLoop.create(Loops.options(carrier).withExecutorThreads(1).withExecutorQueue(3))) {
            CountDownLatch go = new CountDownLatch(1);
            List<Task<Integer>> taken = new ArrayList<>();
            int[] refused = new int[1];
            for (int i = 0; i < 10; i++) {
                int number = i;
                try {
                    taken.add(loop.runInExecutor(() -> {
                        go.await();
                        return number;
                    }));
                } catch (ExecutorFullException ex) {
                    assertThat(ex).hasMessageContaining("executorQueue");
                    refused[0]++;
                }
            }
            assertThat(taken).hasSizeBetween(3, 4);
            assertThat(refused[0]).isEqualTo(10 - taken.size());
            go.countDown();
            for (int i = 0; i < taken.size(); i++) {
                assertThat(taken.get(i).get(20, TimeUnit.SECONDS)).isEqualTo(i);
            }
            assertThat(loop.statistics().failures()).isZero();
        }
    }
}
