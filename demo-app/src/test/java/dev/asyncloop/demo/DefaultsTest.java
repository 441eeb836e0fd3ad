package dev.asyncloop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.web.reactive.server.WebTestClient;

/** The application as it comes: users cannot reach it through itself, though it watches its own endpoints. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class DefaultsTest {

    @LocalServerPort
    private int port;

    @Value("${server.address}")
    private String address;

    @Autowired
    private BoardProperties properties;

    @Autowired
    private ChatProperties chat;

    @Test
    void isBoundToThisMachine() {
        assertThat(address).isEqualTo("127.0.0.1");
    }

    @Test
    void hasTheDocumentedLimits() {
        assertThat(properties.maxWatches()).isEqualTo(200);
        assertThat(properties.maxCheckUrls()).isEqualTo(100);
        assertThat(properties.alsoAllowed()).isEmpty();
        assertThat(chat.historySize()).isEqualTo(100);
        assertThat(chat.maxVisits()).isEqualTo(200);
        assertThat(chat.pace()).hasMillis(500);
    }

    /** Without their version, which only the build knows. */
    @Test
    void servesTheChartsOfItsPage() {
        for (String file : List.of("uPlot.esm.js", "uPlot.min.css")) {
            WebTestClient.bindToServer()
                    .baseUrl("http://127.0.0.1:" + port)
                    .build()
                    .get()
                    .uri("/webjars/uplot/dist/" + file)
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectHeader()
                    .value("Content-Type", type -> assertThat(type).matches("text/(javascript|css).*"));
        }
    }

    @Test
    void keepsUsersFromItsOwnPort() {
        WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .build()
                .post()
                .uri("/api/check")
                .bodyValue(
                        List.of("http://127.0.0.1:" + port + "/demo/quick", "http://localhost:" + port + "/demo/quick"))
                .exchange()
                .expectStatus()
                .isOk()
                .expectBodyList(CheckController.Answer.class)
                .value(answers -> assertThat(answers)
                        .extracting(answer -> answer.result().problem())
                        .containsExactly(HttpProber.NOT_PUBLIC, HttpProber.NOT_PUBLIC));
    }
}
