package dev.asyncloop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.test.web.reactive.server.WebTestClient;

/** {@code /api/check} with a list of lines. */
@BoardTest
class UploadApiTest {

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
    void answersEachLineWhenItIsReady() {
        List<UploadController.Answer> answers = answers(text(site.url("/late") + "\n\n" + site.url("/hello") + "\r\n"));
        assertThat(answers).extracting(UploadController.Answer::line).containsExactly(3, 1);
        assertThat(answers)
                .extracting(UploadController.Answer::url)
                .containsExactly(site.url("/hello"), site.url("/late"));
        assertThat(answers).allMatch(answer -> answer.result().state() == State.UP);
    }

    @Test
    void answersWhileTheListIsStillComing() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            write(
                    socket,
                    "POST /api/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n");
            writeChunk(socket, site.url("/hello") + "\n");
            assertThat(next(in, "{")).contains("\"line\":1", "\"state\":\"UP\"");
            writeChunk(socket, site.url("/absent"));
            write(socket, "0\r\n\r\n");
            assertThat(next(in, "{")).contains("\"line\":2", "404 Not Found");
        }
    }

    @Test
    void takesTheFileOfAForm() {
        MultipartBodyBuilder form = new MultipartBodyBuilder();
        form.part("comment", "not this");
        form.part("file", site.url("/hello")).filename("urls.txt");
        List<UploadController.Answer> answers =
                answers(api.post().uri("/api/check").bodyValue(form.build()).exchange());
        assertThat(answers)
                .singleElement()
                .satisfies(answer -> assertThat(answer.result().status()).isEqualTo(200));
    }

    @Test
    void refusesAFormWithoutAFile() {
        MultipartBodyBuilder form = new MultipartBodyBuilder();
        form.part("file", "http://example.org/");
        api.post()
                .uri("/api/check")
                .bodyValue(form.build())
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.detail")
                .isEqualTo("'file' is missing; send the list as a file, as curl -F file=@urls.txt does");
    }

    @Test
    void namesTheLineThatIsWrongAndChecksTheOthers() {
        List<UploadController.Answer> answers = answers(text("gopher://a/\n" + site.url("/hello")));
        assertThat(answers)
                .extracting(answer -> answer.result().problem())
                .containsExactly(
                        "'line 1' \"gopher://a/\" is neither http nor https; write it as https://example.org/path",
                        null);
    }

    @Test
    void isNoWayIntoTheHouse() {
        List<UploadController.Answer> answers =
                answers(text("http://127.0.0.2:" + site.port() + "/hello\n" + site.url("/into-the-house")));
        assertThat(answers)
                .extracting(answer -> answer.result().problem())
                .containsExactly(HttpProber.NOT_PUBLIC, HttpProber.NOT_PUBLIC);
    }

    @Test
    void takesAHundredUrlsAndNotOneMore() {
        List<UploadController.Answer> answers =
                answers(text(String.join("\n", Collections.nCopies(150, site.url("/hello")))));
        assertThat(answers).hasSize(101);
        assertThat(answers)
                .filteredOn(answer -> answer.result().state() == State.DOWN)
                .singleElement()
                .satisfies(answer -> assertThat(answer.result().problem())
                        .isEqualTo("'line 101' is one URL too many; send at most 100 at a time"));
    }

    @Test
    void refusesAListThatIsTooLong() {
        text("x".repeat(300_000)).expectStatus().isEqualTo(413);
    }

    /** A form on somebody else's page can post a text or a file without asking. */
    @Test
    void refusesThePagesOfOthers() {
        api.post()
                .uri("/api/check")
                .header("Origin", "https://evil.example")
                .contentType(MediaType.TEXT_PLAIN)
                .bodyValue(site.url("/hello"))
                .exchange()
                .expectStatus()
                .isForbidden();
    }

    private WebTestClient.ResponseSpec text(String lines) {
        return api.post()
                .uri("/api/check")
                .contentType(MediaType.TEXT_PLAIN)
                .bodyValue(lines)
                .exchange();
    }

    private static List<UploadController.Answer> answers(WebTestClient.ResponseSpec response) {
        return response.expectStatus()
                .isOk()
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.APPLICATION_NDJSON)
                .expectBodyList(UploadController.Answer.class)
                .returnResult()
                .getResponseBody();
    }

    private static void writeChunk(Socket socket, String text) throws IOException {
        write(socket, Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private static String next(BufferedReader in, String start) throws IOException {
        String line = in.readLine();
        while (line != null && !line.startsWith(start)) {
            line = in.readLine();
        }
        return String.valueOf(line);
    }
}
