package dev.asyncloop.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** {@code /api/events}. */
@BoardTest
class EventsApiTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    @LocalServerPort
    private int port;

    @Autowired
    private StatusBoard board;

    @Test
    void streamsBoardsUntilTheReaderGoes() {
        StepVerifier.create(boards())
                .assertNext(board -> assertThat(board).contains("\"historySize\":60", "\"name\":\"Built-in: quick\""))
                .then(() -> assertThat(board.readers()).isPositive())
                .expectNextCount(2)
                .thenCancel()
                .verify(LIMIT);
        await().atMost(LIMIT).untilAsserted(() -> assertThat(board.readers()).isZero());
    }

    /** With the events' ids, as a browser keeps them. */
    @Test
    void beginsWithTheNewestBoardUnlessTheReaderHasIt() {
        ServerSentEvent<Board> first = events("").blockFirst(LIMIT);
        assertThat(first.id()).isEqualTo(String.valueOf(first.data().version()));
        ServerSentEvent<Board> next = events(first.id()).blockFirst(LIMIT);
        assertThat(next.data().version()).isGreaterThan(first.data().version());
    }

    private Flux<ServerSentEvent<Board>> events(String last) {
        return WebClient.create("http://127.0.0.1:" + port)
                .get()
                .uri("/api/events")
                .header("Last-Event-ID", last)
                .retrieve()
                .bodyToFlux(new ParameterizedTypeReference<>() {});
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
