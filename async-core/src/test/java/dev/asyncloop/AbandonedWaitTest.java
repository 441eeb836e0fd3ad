package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.withTimeout;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
    void theAwaitedStageKeepsNoCancellationAlive(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            CompletableFuture<Void> never = new CompletableFuture<>();
            WeakReference<Throwable> cancellation =
                    loop.spawn(() -> cancelAWait(never)).get(5, TimeUnit.SECONDS);
            Loops.settle(loop);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (cancellation.get() != null && System.nanoTime() < deadline) {
                System.gc();
            }
            assertThat(cancellation.get()).isNull();
            Reference.reachabilityFence(never);
        }
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
