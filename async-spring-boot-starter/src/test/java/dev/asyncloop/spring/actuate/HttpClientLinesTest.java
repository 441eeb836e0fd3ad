package dev.asyncloop.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.IOLoop;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.HttpClientOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The lines of HTTP clients, as the loop's endpoint tells them. */
class HttpClientLinesTest {

    private static final HttpClientOptions SMALL =
            HttpClientOptions.defaults().withMaxTotal(3).withMaxPerOrigin(2).withMaxQueued(4);

    private final IOLoop loop = IOLoop.create();

    private final AsyncHttpClient small = AsyncHttpClient.create(loop, SMALL);

    @AfterEach
    void close() {
        small.close();
        loop.close();
    }

    @Test
    void oneClientHasOneLineAndOneForEachOriginThatIsWaitedFor() throws IOException {
        HttpClientLines lines = new HttpClientLines(Map.of("only", small));
        assertThat(lines.lines()).containsExactly(new WaitingLine("http-client", 0, 3, 0, 4, 0L));
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + silent.getLocalPort();
            for (int i = 0; i < 7; i++) {
                small.fetch(url + "/");
            }
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(5))
                    .untilAsserted(() -> assertThat(lines.lines())
                            .containsExactly(
                                    new WaitingLine("http-client", 2, 3, 4, 4, 1L),
                                    new WaitingLine("http-client " + url, 2, 2, 4, null, null)));
        }
    }

    @Test
    void severalHaveTheirNames() {
        try (AsyncHttpClient large = AsyncHttpClient.create(loop)) {
            assertThat(new HttpClientLines(Map.of("small", small, "large", large)).lines())
                    .containsExactly(
                            new WaitingLine("http-client large", 0, 1_000, 0, 10_000, 0L),
                            new WaitingLine("http-client small", 0, 3, 0, 4, 0L));
        }
    }
}
