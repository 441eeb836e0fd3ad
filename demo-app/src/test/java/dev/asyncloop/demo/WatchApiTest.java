package dev.asyncloop.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.JsonPathAssertions;
import org.springframework.test.web.reactive.server.WebTestClient;

/** {@code /api/watches} and what the watches show. */
@BoardTest
class WatchApiTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    @LocalServerPort
    private int port;

    private WebTestClient api;

    @BeforeEach
    void connect() {
        api = WebTestClient.bindToServer().baseUrl("http://127.0.0.1:" + port).build();
    }

    @Test
    void watchesTheBuiltInEndpointsFromTheStart() {
        await().atMost(LIMIT)
                .untilAsserted(() -> api.get()
                        .uri("/api/watches")
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .expectBody()
                        .jsonPath("$[0].name")
                        .isEqualTo("Built-in: quick")
                        .jsonPath("$[0].last.state")
                        .isEqualTo("UP")
                        .jsonPath("$[0].last.status")
                        .isEqualTo(200)
                        .jsonPath("$[1].name")
                        .isEqualTo("Built-in: slow")
                        .jsonPath("$[1].last.state")
                        .isEqualTo("SLOW")
                        .jsonPath("$[1].last.millis")
                        .value(Integer.class, millis -> assertThat(millis).isBetween(700, 2000))
                        .jsonPath("$[2].name")
                        .isEqualTo("Built-in: flaky")
                        .jsonPath("$[2].history[?(@.state == 'UP')]")
                        .isNotEmpty()
                        .jsonPath("$[2].history[?(@.state == 'DOWN')]")
                        .isNotEmpty());
    }

    @Test
    void addsProbesAndRemovesAWatch() {
        try (Site site = Site.start()) {
            String location = add(site.url("/moved"));
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(stateOf(location)).isEqualTo(State.UP));
            api.delete().uri(location).exchange().expectStatus().isNoContent();
            api.delete()
                    .uri(location)
                    .exchange()
                    .expectStatus()
                    .isNotFound()
                    .expectHeader()
                    .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                    .expectBody()
                    .jsonPath("$.detail")
                    .value(
                            String.class,
                            detail -> assertThat(detail)
                                    .matches(
                                            "There is no watch with the id \"\\d+\"; GET /api/watches lists those there are"));
        }
    }

    @Test
    void refusesADuplicateHoweverItIsWritten() {
        String location = add("http://10.0.0.1:80");
        expectProblem(post("{\"url\": \"HTTP://10.0.0.1/#top\"}"), HttpStatus.CONFLICT)
                .isEqualTo("'url' \"http://10.0.0.1/\" is watched already;"
                        + " remove that watch first if you want a new history");
        api.delete().uri(location).exchange().expectStatus().isNoContent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                     | The body is not the JSON expected here; send {\"url\": \"https://example.org/\"}",
                "{\"url\":              | The body is not the JSON expected here; send {\"url\": \"https://example.org/\"}",
                "[]                     | The body is not the JSON expected here; send {\"url\": \"https://example.org/\"}",
                "{}                     | 'url' is missing; write it as https://example.org/path",
                "{\"url\": null}        | 'url' is missing; write it as https://example.org/path",
                "{\"url\": \"ftp://a\"} | 'url' \"ftp://a\" is neither http nor https; write it as https://example.org/path",
            })
    void answersBadInputWithTheWayOut(String body, String detail) {
        expectProblem(post(body), HttpStatus.BAD_REQUEST).isEqualTo(detail);
    }

    /** A form on somebody else's page can post text without asking; JSON it cannot. */
    @Test
    void takesNothingButJson() {
        api.post()
                .uri("/api/watches")
                .contentType(MediaType.TEXT_PLAIN)
                .bodyValue("{\"url\": \"https://example.org/\"}")
                .exchange()
                .expectStatus()
                .isEqualTo(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
    }

    @Test
    void letsThePageLoadItsOwnFilesOnly() {
        api.get()
                .uri("/")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .value("Content-Security-Policy", policy -> assertThat(policy).startsWith("default-src 'none'"));
    }

    private String add(String url) {
        return post("{\"url\": \"" + url + "\"}")
                .expectStatus()
                .isCreated()
                .expectBody()
                .returnResult()
                .getResponseHeaders()
                .getFirst("Location");
    }

    private WebTestClient.ResponseSpec post(String body) {
        return api.post()
                .uri("/api/watches")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange();
    }

    private State stateOf(String location) {
        return api
                .get()
                .uri("/api/watches")
                .exchange()
                .expectBodyList(Watch.View.class)
                .returnResult()
                .getResponseBody()
                .stream()
                .filter(watch -> location.endsWith("/" + watch.id()) && watch.last() != null)
                .map(watch -> watch.last().state())
                .findFirst()
                .orElse(null);
    }

    private static JsonPathAssertions expectProblem(WebTestClient.ResponseSpec response, HttpStatus status) {
        return response.expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.detail");
    }
}
