package dev.asyncloop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The board in a JVM without the flag of the event-loop carrier. */
@BoardTest
class StatusBoardNoFlagTest {

    @Autowired
    private BoardFeed feed;

    @Test
    void watchesOnTheJdkCarrier() {
        Board board = feed.updates().filter(update -> update.up() > 0).blockFirst(Duration.ofSeconds(10));
        assertThat(board.carrier()).isEqualTo(Carrier.JDK);
        assertThat(board.watches()).hasSize(3);
    }
}
