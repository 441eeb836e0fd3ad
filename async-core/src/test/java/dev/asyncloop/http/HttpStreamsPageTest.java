package dev.asyncloop.http;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** The snippets of {@code docs/http-client.md} about bodies on their way: compiled here, and the same there. */
class HttpStreamsPageTest {

    @TempDir
    Path folder;

    static FetchRequest produced(String url, List<String> orders) {
        FetchRequest request = FetchRequest.post(url)
                .header("Content-Type", "application/x-ndjson")
                .body(out -> {
                    for (String order : orders) {
                        out.write(order + "\n"); // waits until the connection has room
                    }
                })
                .build();
        return request;
    }

    static FetchRequest upload(String url, Path file) {
        FetchRequest upload = FetchRequest.put(url)
                .expectContinue(true)
                .timeout(Duration.ofMinutes(10))
                .readTimeout(Duration.ofSeconds(20))
                .body(file)
                .build();
        return upload;
    }

    static List<String> lines(AsyncHttpClient http, FetchRequest request) {
        List<String> found = new ArrayList<>();
        try (FetchStream stream = await(http.stream(request))) {
            for (String line : stream.lines()) { // each step waits for the next line
                if (line.contains("error")) {
                    found.add(line);
                }
            }
        }
        return found;
    }

    static String limited(AsyncHttpClient http, FetchRequest request) {
        String text = Async.withTimeout(Duration.ofMinutes(5), () -> {
            try (FetchStream stream = await(http.stream(request))) {
                return stream.text();
            }
        });
        return text;
    }

    static List<String> events(AsyncHttpClient http, String url) {
        List<String> news = new ArrayList<>();
        try (EventSource events = http.events(FetchRequest.get(url).build())) {
            for (ServerSentEvent event : events) {
                news.add(event.event() + ": " + event.data());
            }
        }
        return news;
    }

    @OnBothCarriers
    void theSnippetsDoWhatThePageSays(Carrier carrier) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "all is well\nan error\n");
        try (var server = new TestServer();
                var http = new HttpFixture(carrier)) {
            http.run(() -> {
                String url = server.url("/echo");
                assertThat(await(http.client.fetch(produced(url, List.of("1", "2"))))
                                .text())
                        .isEqualTo("1\n2\n");
                assertThat(lines(http.client, upload(url, file))).containsExactly("an error");
                assertThat(limited(http.client, upload(url, file))).startsWith("all is well");
                return null;
            });
        }
    }

    @OnBothCarriers
    void eventsComeUntilTheServerHasNoMore(Carrier carrier) throws IOException {
        try (var news = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write(
                            peer.number == 1
                                    ? "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
                                            + "retry: 1\nevent: a\ndata: b\n\n"
                                    : "HTTP/1.1 204 No Content\r\n\r\n");
                    peer.close();
                });
                var http = new HttpFixture(carrier)) {
            assertThat(http.run(() -> events(http.client, news.url("/")))).containsExactly("a: b");
        }
    }
}
