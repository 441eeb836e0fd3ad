package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.withTimeout;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.testing.ManualClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class LateTimeoutTest {

    @OnBothCarriers
    void aLimitThatComesRoundAfterItsBodyHasEndedCancelsNothing(Carrier carrier) throws Exception {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            Task<Integer> task = loop.spawn(() -> {
                CompletableFuture<Integer> answer = new CompletableFuture<>();
                Task<Integer> child = withTimeout(Duration.ofMillis(10), () -> {
                    Task<Integer> started = Async.spawn(() -> await(answer));
                    clock.advance(Duration.ofMillis(10)); // the timers look for what is due in the next turn
                    yieldNow(); // and set it off behind us
                    return started;
                });
                yieldNow();
                answer.complete(7);
                return await(child);
            });
            assertThat(task.get(5, TimeUnit.SECONDS)).isEqualTo(7);
        }
    }
}
