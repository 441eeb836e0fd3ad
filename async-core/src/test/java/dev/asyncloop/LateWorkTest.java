package dev.asyncloop;

import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.context.ContextRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

class LateWorkTest {

    @OnBothCarriers
    void workHandedInWhileTheLoopClosesIsRefusedOrRunButNeverForgotten(Carrier carrier) throws Exception {
        CountDownLatch handingIn = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        CompletableFuture<Integer> outcome = new CompletableFuture<>();
        IOLoop loop = Loops.on(carrier);
        Thread late = Thread.ofPlatform().daemon().unstarted(() -> {
            try {
                outcome.complete(loop.runSync(() -> {
                    sleep(Duration.ofMillis(1));
                    return 1;
                }));
            } catch (Throwable ex) {
                outcome.completeExceptionally(ex);
            }
        });
        ContextRegistry.getInstance()
                .registerThreadLocalAccessor(
                        "late",
                        () -> { // asked on the way in
                            if (Thread.currentThread() == late) {
                                handingIn.countDown();
                                try {
                                    closed.await();
                                } catch (InterruptedException ex) {
                                    throw new IllegalStateException(ex);
                                }
                            }
                            return "";
                        },
                        value -> {},
                        () -> {});
        try {
            late.start();
            handingIn.await();
            loop.close();
            closed.countDown();
            assertThatThrownBy(() -> outcome.get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(LoopClosedException.class);
        } finally {
            ContextRegistry.getInstance().removeThreadLocalAccessor("late");
        }
    }
}
