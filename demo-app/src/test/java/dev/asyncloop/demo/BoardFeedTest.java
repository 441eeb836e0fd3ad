package dev.asyncloop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class BoardFeedTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final BoardFeed feed = new BoardFeed();

    @Test
    void startsWithTheNewestBoard() {
        feed.publish(board(1));
        feed.publish(board(2));
        assertThat(feed.updates().blockFirst(LIMIT)).isEqualTo(board(2));
    }

    @Test
    void givesASlowReaderTheNewestBoardOnly() {
        feed.publish(board(1));
        StepVerifier.create(feed.updates(), 1)
                .expectNext(board(1))
                .then(() -> List.of(2, 3, 4).forEach(up -> feed.publish(board(up))))
                .thenRequest(1)
                .expectNext(board(4))
                .thenCancel()
                .verify(LIMIT);
    }

    @Test
    void endsItsStreamsWithTheApplication() {
        StepVerifier.create(feed.updates()).then(feed::end).expectComplete().verify(LIMIT);
    }

    private static Board board(int up) {
        return new Board(List.of(), up, 60, Carrier.JDK, "nio");
    }
}
