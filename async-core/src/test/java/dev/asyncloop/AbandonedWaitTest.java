package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.withTimeout;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A wait that was cancelled hears nothing, and keeps nothing. */
class AbandonedWaitTest {

    @OnBothCarriers
    void aFailureAfterTheOnlyWaitForItWasCancelledIsLogged(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.spawn("owner", () -> {
                        CompletableFuture<Void> go = new CompletableFuture<>();
                        Task<Integer> child = Async.spawn(() -> {
                            await(go);
                            throw new IllegalStateException("too late");
                        });
                        assertThatThrownBy(() -> withTimeout(Duration.ofMillis(5), () -> await(child)))
                                .isInstanceOf(AsyncTimeoutException.class);
                        go.complete(null);
                        yieldNow();
                        return null;
                    })
                    .get(5, TimeUnit.SECONDS);
            Loops.settle(loop);
            assertThat(log.messages()).singleElement().asString().contains("nobody awaited");
        }
    }

    @OnBothCarriers
    void ofSeveralFailuresInGatherThoseNotThrownAreLogged(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.spawn("owner", () -> {
                        List<Task<Integer>> both = List.of(failing("first"), failing("second"));
                        assertThatThrownBy(() -> Async.gather(both)).hasMessage("first");
                        return null;
                    })
                    .get(5, TimeUnit.SECONDS);
            Loops.settle(loop);
            assertThat(log.events())
                    .singleElement()
                    .satisfies(event ->
                            assertThat(event.getThrowableProxy().getMessage()).isEqualTo("second"));
        }
    }

    private static Task<Integer> failing(String message) {
        return Async.spawn(() -> {
            throw new IllegalStateException(message);
        });
    }

    @OnBothCarriers
    void aFailureThatOneOfTwoWaitsGetsIsNotLogged(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.spawn("owner", () -> {
                        CompletableFuture<Void> go = new CompletableFuture<>();
                        Task<Integer> failing = Async.spawn(() -> {
                            await(go);
                            throw new IllegalStateException("heard");
                        });
                        Task<Boolean> patient = Async.spawn(() -> {
                            assertThatThrownBy(() -> await(failing)).hasMessage("heard");
                            return true;
                        });
                        assertThatThrownBy(() -> withTimeout(Duration.ofMillis(5), () -> await(failing)))
                                .isInstanceOf(AsyncTimeoutException.class);
                        go.complete(null);
                        return await(patient);
                    })
                    .get(5, TimeUnit.SECONDS);
            Loops.settle(loop);
            assertThat(log.messages()).isEmpty();
        }
    }

    @OnBothCarriers
    void aFutureThatNeverEndsKeepsNothingOfTheWaitsThatWereGivenUp(Carrier carrier) {
        CompletableFuture<String> never = new CompletableFuture<>();
        List<CompletionStage<String>> kinds = List.of(never, never.minimalCompletionStage());
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                for (CompletionStage<String> stage : kinds) {
                    for (int i = 0; i < 50; i++) {
                        assertThatThrownBy(() -> withTimeout(Duration.ofNanos(1), () -> await(stage)))
                                .isInstanceOf(AsyncTimeoutException.class);
                    }
                }
                return null;
            });
        }
        assertThat(never.getNumberOfDependents()).isLessThan(5);
    }

    @OnBothCarriers
    void aStageThatRefusesToBeCancelledKeepsNoOtherFromBeingSo(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            CompletableFuture<String> other = new CompletableFuture<>();
            List<CompletionStage<String>> stages =
                    List.of(new CompletableFuture<String>().minimalCompletionStage(), other);
            loop.runSync(() -> assertThatThrownBy(() -> withTimeout(Duration.ofMillis(1), () -> Async.gather(stages)))
                    .isInstanceOf(AsyncTimeoutException.class));
            assertThat(other).isCancelled();
        }
    }

    @OnBothCarriers
    void aTaskKeepsNoCopyThatWasCancelled(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Task<String> never = loop.<String>promise("never").task();
            List<WeakReference<CompletableFuture<String>>> copies = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                CompletableFuture<String> copy = never.toCompletableFuture();
                copy.cancel(false);
                copies.add(new WeakReference<>(copy));
            }
            Loops.settle(loop);
            for (WeakReference<?> copy : copies) {
                assertCleared(copy);
            }
            Reference.reachabilityFence(never);
        }
    }

    @OnBothCarriers
    void theAwaitedStageKeepsNoCancellationAlive(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            CompletableFuture<Void> never = new CompletableFuture<>();
            WeakReference<Throwable> cancellation =
                    loop.spawn(() -> cancelAWait(never)).get(5, TimeUnit.SECONDS);
            Loops.settle(loop);
            assertCleared(cancellation);
            Reference.reachabilityFence(never);
        }
    }

    private static void assertCleared(WeakReference<?> reference) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (reference.get() != null && System.nanoTime() < deadline) {
            System.gc();
        }
        assertThat(reference.get()).isNull();
    }

    private static WeakReference<Throwable> cancelAWait(CompletableFuture<Void> never) {
        try {
            withTimeout(Duration.ofMillis(1), () -> await(never));
        } catch (AsyncTimeoutException ex) {
            return new WeakReference<>(ex.getCause().getCause());
        }
        throw new AssertionError("no timeout");
    }
}
