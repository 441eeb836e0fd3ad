package dev.asyncloop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The board in a JVM without the flag of the event-loop carrier. */
@BoardTest
class StatusBoardNoFlagTest {

    @Autowired
    private StatusBoard board;

    @Autowired
    private IOLoop loop;

    @Test
    void watchesOnTheJdkCarrier() {
        Board up = loop.runSync(Duration.ofSeconds(10), () -> {
            try (var updates = board.updates()) {
                Board update = updates.receive();
                while (update.up() == 0) {
                    update = updates.receive();
                }
                return update;
            }
        });
        assertThat(up.carrier()).isEqualTo(Carrier.JDK);
        assertThat(up.watches()).hasSize(3);
    }
}
