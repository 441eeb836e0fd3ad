package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In a JVM without the flag. */
class JdkCarrierNoFlagTest {

    @Test
    void aLoopTakesTheJdksCarrierByItself() {
        try (IOLoop loop = IOLoop.create()) {
            assertThat(loop.carrier()).isEqualTo(Carrier.JDK);
            assertThat(loop.runSync(() -> {
                        sleep(Duration.ofMillis(1));
                        Task<Integer> one = Async.spawn(() -> 1);
                        Task<Integer> two = loop.runInExecutor(() -> 2);
                        return await(one) + await(two);
                    }))
                    .isEqualTo(3);
            assertThat(loop.runSync(() -> Async.gather(List.of(Async.spawn(() -> 1)))))
                    .containsExactly(1);
        }
    }

    @Test
    void theEventLoopCarrierIsRefusedWithTheFlagThatItNeeds() {
        assertThatThrownBy(() -> IOLoop.create(IOLoopOptions.defaults().withCarrier(Carrier.EVENT_LOOP)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("--add-opens java.base/java.lang=ALL-UNNAMED");
    }
}
