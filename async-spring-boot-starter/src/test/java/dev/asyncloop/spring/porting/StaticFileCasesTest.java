package dev.asyncloop.spring.porting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.spring.TestApplication;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/** Case 101: a static file of 26 bytes, as Spring serves it. */
@ExtendWith(SharedApplication.class)
class StaticFileCasesTest {

    private final TestApplication application;

    StaticFileCasesTest(TestApplication application) {
        this.application = application;
    }

    private ResponseEntity<String> get(@Nullable String range) {
        var request = application.client().get().uri("/robots.txt");
        if (range != null) {
            request.header(HttpHeaders.RANGE, range);
        }
        return application.exchange(request);
    }

    @Test
    void theFileHas26Bytes() throws IOException {
        assertThat(new ClassPathResource("static/robots.txt").getContentAsString(StandardCharsets.UTF_8))
                .hasSize(26);
        ResponseEntity<String> answer = get(null);
        assertThat(answer.getBody()).isEqualTo("User-agent: *\nDisallow: /\n");
        assertThat(answer.getHeaders().getContentLength()).isEqualTo(26);
        assertThat(String.valueOf(answer.getHeaders().getContentType())).isEqualTo("text/plain");
        assertThat(answer.getHeaders().getFirst(HttpHeaders.ACCEPT_RANGES)).isEqualTo("bytes");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bytes=0-9        | 10 | bytes 0-9/26
            bytes=0-         | 26 | bytes 0-25/26
            bytes=0-10000000 | 26 | bytes 0-25/26
            bytes=1-10000000 | 25 | bytes 1-25/26
            bytes=22-        |  4 | bytes 22-25/26
            bytes=-4         |  4 | bytes 22-25/26
            bytes=-1000000   | 26 | bytes 0-25/26
            """)
    void aRangeIs206(String range, int length, String contentRange) {
        ResponseEntity<String> answer = get(range);
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.PARTIAL_CONTENT);
        assertThat(answer.getHeaders().getFirst(HttpHeaders.CONTENT_RANGE)).isEqualTo(contentRange);
        assertThat(answer.getBody()).hasSize(length);
        assertThat(answer.getHeaders().getContentLength()).isEqualTo(length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=-0", "bytes=26-", "bytes=10-3", "words=0-9", "asdf"})
    void aRangeThatMakesNoSenseIs416(String range) {
        assertThat(get(range).getStatusCode()).isEqualTo(HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE);
    }

    @Test
    void severalRangesAreSentAsParts() {
        ResponseEntity<String> answer = get("bytes=0-3,22-");
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.PARTIAL_CONTENT);
        assertThat(String.valueOf(answer.getHeaders().getContentType())).startsWith("multipart/byteranges;boundary=");
        assertThat(answer.getBody()).contains("bytes 0-3/26", "User", "bytes 22-25/26", ": /\n");
    }

    @Test
    void itsTimeIsAValidator() {
        String time = String.valueOf(get(null).getHeaders().getFirst(HttpHeaders.LAST_MODIFIED));
        ResponseEntity<String> answer = application.exchange(
                application.client().get().uri("/robots.txt").header(HttpHeaders.IF_MODIFIED_SINCE, time));
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.NOT_MODIFIED);
        assertThat(answer.getBody()).isNull();
    }

    @Test
    void aHeadHasTheHeadersOnly() throws IOException {
        Wire.Answer answer =
                Wire.exchange(application.port(), "HEAD /robots.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Length")).isEqualTo("26");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../application.properties",
                "/%2e%2e/application.properties",
                "/x/..%2f..%2fapplication.properties",
                "/..%5capplication.properties"
            })
    void nobodyGetsOutOfTheDirectory(String path) throws IOException {
        assertThat(Wire.exchange(
                                application.port(), "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                        .status())
                .isIn(400, 404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/missing.txt", "/directory", "/directory/"})
    void aDirectoryIsAsMissingAsAMissingFile(String path) {
        assertThat(application.get(path).getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
    }
}
