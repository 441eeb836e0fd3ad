package dev.asyncloop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IOLoopTest {

    @ParameterizedTest
    @EnumSource
    void smoke(Carrier carrier) {
        try (IOLoop loop = IOLoop.create(IOLoopOptions.defaults().withCarrier(carrier))) {
            assertThat(loop.carrier()).isEqualTo(carrier);
            assertThat(loop.runSync(() -> 42)).isEqualTo(42);
            assertThat(loop.runSync(() -> {
                        Async.sleep(Duration.ofMillis(10));
                        Task<Integer> a = Async.spawn(() -> 1);
                        Task<Integer> b = loop.runInExecutor(() -> 2);
                        return Async.gather(List.of(a, b));
                    }))
                    .containsExactly(1, 2);
        }
    }
}
