package dev.asyncloop.spring.slice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.test.TestClock;
import dev.asyncloop.testing.SteppedClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webflux.test.autoconfigure.WebFluxTest;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

@WebFluxTest(BoardController.class)
@TestClock
class SteppedSliceTest {

    @MockitoBean
    private Prices prices;

    @Test
    void theLoopOfASliceHasTheTestsClock(@Autowired SteppedClock clock, @Autowired IOLoop loop) {
        AtomicBoolean due = new AtomicBoolean();
        loop.callLater(Duration.ofHours(1), () -> due.set(true));
        clock.advance(Duration.ofHours(1));
        assertThat(due).isTrue();
    }
}
