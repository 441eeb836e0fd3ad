package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.shielded;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/** Law 8: what outlives its loop can finish, but not wait for what the loop would have done. */
class AfterTheEndTest {

    private static final Duration LONG = Duration.ofHours(1);

    @OnBothCarriers
    void aWaitBehindAShieldEndsWithTheLoop(Carrier carrier) {
        try (CapturedLog log = new CapturedLog()) {
            IOLoop loop = IOLoop.create(Loops.leavingBehind(carrier));
            List<Task<?>> tasks = new ArrayList<>();
            loop.runSync(() -> {
                tasks.add(loop.spawn(() -> shielded(AfterTheEndTest::sleepLong)));
                tasks.add(loop.spawn(() -> shielded(() -> await(Mono.never()))));
                tasks.add(loop.spawn(() -> shielded(() -> {
                    Task<?> child = Async.spawn(() -> shielded(AfterTheEndTest::sleepLong));
                    tasks.add(child);
                    return await((CompletionStage<?>) child);
                })));
                return null;
            });
            loop.close();
            assertThat(tasks)
                    .hasSize(4)
                    .allSatisfy(task -> assertThatThrownBy(() -> task.get(5, TimeUnit.SECONDS))
                            .isInstanceOf(CancellationException.class));
        }
    }

    private static Object sleepLong() {
        sleep(LONG);
        return "slept";
    }

    @OnBothCarriers
    void whatStartsAfterTheEndFailsWhereItWouldWaitForTheLoop(Carrier carrier) throws Exception {
        IOLoop loop = Loops.on(carrier);
        Task<Integer> done = loop.spawn(() -> 1);
        done.get(5, TimeUnit.SECONDS);
        loop.close();
        assertThat(done.thenApply(value -> value + 1).toCompletableFuture().get(5, TimeUnit.SECONDS))
                .isEqualTo(2);
        assertThatThrownBy(() -> done.thenAccept(value -> sleep(LONG))
                        .toCompletableFuture()
                        .get(5, TimeUnit.SECONDS))
                .hasCauseInstanceOf(LoopClosedException.class);
        assertThatThrownBy(() -> done.thenAccept(value -> await(Mono.never()))
                        .toCompletableFuture()
                        .get(5, TimeUnit.SECONDS))
                .hasCauseInstanceOf(LoopClosedException.class);
    }
}
