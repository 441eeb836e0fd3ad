package dev.asyncloop.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** {@code /api/events}. */
@BoardTest
class EventsApiTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    @LocalServerPort
    private int port;

    @Autowired
    private BoardFeed feed;

    @Test
    void streamsBoardsUntilTheReaderGoes() {
        StepVerifier.create(boards())
                .assertNext(board -> assertThat(board).contains("\"historySize\":60", "\"name\":\"Built-in: quick\""))
                .then(() -> assertThat(feed.readers()).isPositive())
                .expectNextCount(2)
                .thenCancel()
                .verify(LIMIT);
        await().atMost(LIMIT).untilAsserted(() -> assertThat(feed.readers()).isZero());
    }

    private Flux<String> boards() {
        return WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .build()
                .get()
                .uri("/api/events")
                .accept(MediaType.TEXT_EVENT_STREAM)
                .exchange()
                .expectStatus()
                .isOk()
                .returnResult(String.class)
                .getResponseBody();
    }
}
