package dev.asyncloop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/** {@code /api/check}, and that it is no way into the house. */
@BoardTest
class CheckApiTest {

    private final Site site = Site.start();

    @LocalServerPort
    private int port;

    private WebTestClient api;

    @BeforeEach
    void connect() {
        api = WebTestClient.bindToServer().baseUrl("http://127.0.0.1:" + port).build();
    }

    @AfterEach
    void closeSite() {
        site.close();
    }

    @Test
    void fetchesAllAtOnce() {
        long start = System.nanoTime();
        List<CheckController.Answer> answers = answers(Collections.nCopies(20, site.url("/late")));
        Duration taken = Duration.ofNanos(System.nanoTime() - start);
        assertThat(answers)
                .hasSize(20)
                .allSatisfy(answer -> assertThat(answer.result().status()).isEqualTo(200));
        long oneAfterTheOther =
                answers.stream().mapToLong(answer -> answer.result().millis()).sum();
        assertThat(taken).isLessThan(Duration.ofMillis(oneAfterTheOther / 2));
    }

    @Test
    void answersInOrder() {
        List<String> urls = List.of(site.url("/late"), site.url("/hello"), site.url("/absent"));
        List<CheckController.Answer> answers = answers(urls);
        assertThat(answers).extracting(CheckController.Answer::url).isEqualTo(urls);
        assertThat(answers).extracting(answer -> answer.result().status()).containsExactly(200, 200, 404);
        assertThat(answers.getLast().result().state()).isEqualTo(State.DOWN);
        assertThat(answers.getLast().result().problem()).isEqualTo("404 Not Found");
    }

    @Test
    void givesUpOnASiteThatDoesNotAnswer() {
        assertThat(answers(List.of(site.url("/never")))).singleElement().satisfies(answer -> {
            assertThat(answer.result().state()).isEqualTo(State.DOWN);
            assertThat(answer.result().problem()).isEqualTo("No answer within 2.0 s");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.2:%d/hello",
                "http://[::1]:%d/hello",
                "http://[::ffff:127.0.0.2]:%d/hello",
                "http://0.0.0.0:%d/hello",
                "http://10.0.0.1:%d/",
                "http://192.168.0.1:%d/",
                "http://169.254.169.254:%d/latest/meta-data/",
                "http://[fe80::1]:%d/",
                "http://[fd00::1]:%d/",
            })
    void refusesInternalAddresses(String url) {
        expectRefused(url.formatted(site.port()));
    }

    @Test
    void refusesARedirectIntoTheHouse() {
        expectRefused(site.url("/into-the-house"));
    }

    @Test
    void takesAHundredUrlsAndNotOneMore() {
        check(Collections.nCopies(101, "https://example.org/"))
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.detail")
                .isEqualTo("'urls' has 101 entries; send at most 100 at a time");
    }

    @Test
    void namesTheEntryThatIsWrong() {
        check(List.of("https://example.org/", "gopher://example.org/"))
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.field")
                .isEqualTo("urls[1]")
                .jsonPath("$.detail")
                .isEqualTo("'urls[1]' \"gopher://example.org/\" is neither http nor https;"
                        + " write it as https://example.org/path");
    }

    @Test
    void refusesWhatIsNoArray() {
        api.post()
                .uri("/api/check")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"url\": \"https://example.org/\"}")
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.detail")
                .isEqualTo("The body is not the JSON expected here;"
                        + " send [\"https://example.org/\", \"https://example.com/\"]");
    }

    private void expectRefused(String url) {
        assertThat(answers(List.of(url))).singleElement().satisfies(answer -> {
            assertThat(answer.result().state()).isEqualTo(State.DOWN);
            assertThat(answer.result().status()).isNull();
            assertThat(answer.result().problem()).isEqualTo(HttpProber.NOT_PUBLIC);
        });
    }

    private List<CheckController.Answer> answers(List<String> urls) {
        return check(urls)
                .expectStatus()
                .isOk()
                .expectBodyList(CheckController.Answer.class)
                .returnResult()
                .getResponseBody();
    }

    private WebTestClient.ResponseSpec check(List<String> urls) {
        return api.post().uri("/api/check").bodyValue(urls).exchange();
    }
}
