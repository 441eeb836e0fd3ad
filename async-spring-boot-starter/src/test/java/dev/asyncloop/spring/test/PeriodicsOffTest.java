package dev.asyncloop.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.IOLoop;
import dev.asyncloop.testing.SteppedClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest(classes = TimedApplication.class, properties = "ioloop.periodic.enabled=false")
@TestClock
class PeriodicsOffTest {

    @Test
    void noPeriodicRunsAndTheirBeansAreThere(
            @Autowired TimedApplication.Chores chores, @Autowired SteppedClock clock, @Autowired IOLoop loop) {
        clock.advance(Duration.ofHours(1));
        assertThat(loop.runSync(() -> chores.done.size())).isZero();
    }
}
