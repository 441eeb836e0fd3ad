package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Against Python's {@code http.server}, which speaks HTTP/1.0 and closes after each response. */
class PythonServerTest {

    private static final Pattern PORT = Pattern.compile("port (\\d+)");

    @TempDir
    private static Path folder;

    private static Process python;

    private static String root;

    private static final byte[] LARGE = new byte[3 << 20];

    @BeforeAll
    static void startServer() throws IOException {
        Files.writeString(folder.resolve("hello.txt"), "Hello world!");
        new Random(1).nextBytes(LARGE);
        Files.write(folder.resolve("large.bin"), LARGE);
        Files.createDirectory(folder.resolve("sub"));
        Files.writeString(folder.resolve("sub/\u00e9 +.txt"), "accent");
        try {
            python = new ProcessBuilder("python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1")
                    .directory(folder.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException ex) {
            Assumptions.abort("python3 is not installed: " + ex.getMessage());
        }
        BufferedReader out =
                new BufferedReader(new InputStreamReader(python.getInputStream(), StandardCharsets.US_ASCII));
        String line = out.readLine(); // it listens when it says so
        Matcher port = PORT.matcher(line == null ? "" : line);
        Assumptions.assumeTrue(port.find(), "python3 -m http.server says '" + line + "' instead of its port");
        root = "http://127.0.0.1:" + port.group(1);
    }

    @AfterAll
    static void stopServer() {
        if (python != null) {
            python.destroyForcibly();
        }
    }

    @OnBothCarriers
    void filesAreFetched(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            FetchResponse hello = HttpFixture.outcome(http.client.fetch(root + "/hello.txt"));
            assertThat(hello.text()).isEqualTo("Hello world!");
            assertThat(hello.headers().contentType()).isEqualTo("text/plain");
            assertThat(hello.headers().contentLength()).isEqualTo(12);
            assertThat(hello.headers().first("Server")).startsWith("SimpleHTTP");
            assertThat(HttpFixture.outcome(http.client.fetch(root + "/large.bin"))
                            .bytes())
                    .isEqualTo(LARGE);
            assertThat(HttpFixture.outcome(http.client.fetch(FetchRequest.get(root + "/sub/{name}", "\u00e9 +.txt")
                                    .build()))
                            .text())
                    .isEqualTo("accent");
        }
    }

    @OnBothCarriers
    void aFolderIsARedirectToItsList(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            FetchResponse list = HttpFixture.outcome(http.client.fetch(root + "/sub"));
            assertThat(list.effectiveUri()).hasToString(root + "/sub/");
            assertThat(list.redirects()).extracting(Redirect::status).containsExactly(301);
            assertThat(list.text()).contains("%C3%A9%20%2B.txt");
        }
    }

    @OnBothCarriers
    void aHeadHasTheLengthOfTheFile(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            FetchResponse head = HttpFixture.outcome(
                    http.client.fetch(FetchRequest.head(root + "/large.bin").build()));
            assertThat(head.headers().contentLength()).isEqualTo(LARGE.length);
            assertThat(head.bytes()).isEmpty();
        }
    }

    @OnBothCarriers
    void whatHasNotChangedIsNotSentAgain(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            FetchResponse first = HttpFixture.outcome(http.client.fetch(root + "/hello.txt"));
            Instant changed = first.headers().date("Last-Modified");
            assertThat(changed).isNotNull();
            FetchRequest.Builder again = FetchRequest.get(root + "/hello.txt").raiseError(false);
            assertThat(HttpFixture.outcome(http.client.fetch(
                                    again.ifModifiedSince(changed).build()))
                            .status())
                    .isEqualTo(304);
            assertThat(HttpFixture.outcome(http.client.fetch(again.ifModifiedSince(changed.minusSeconds(1))
                                    .build()))
                            .status())
                    .isEqualTo(200);
        }
    }

    @OnBothCarriers
    void whatIsNotThereOrNotOfferedIsAnError(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            assertThatThrownBy(() -> HttpFixture.outcome(http.client.fetch(root + "/missing")))
                    .isInstanceOfSatisfying(HttpStatusException.class, failure -> {
                        assertThat(failure.response().status()).isEqualTo(404);
                        assertThat(failure.response().text()).contains("File not found");
                    });
            assertThatThrownBy(() -> HttpFixture.outcome(http.client.fetch(
                            FetchRequest.post(root + "/").body("x").build())))
                    .isInstanceOfSatisfying(
                            HttpStatusException.class,
                            failure -> assertThat(failure.response().status()).isEqualTo(501));
        }
    }
}
