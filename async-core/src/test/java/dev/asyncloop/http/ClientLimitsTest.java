package dev.asyncloop.http;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import reactor.core.publisher.Mono;

class ClientLimitsTest {

    private final AtomicInteger peak = new AtomicInteger();

    private final AtomicInteger now = new AtomicInteger();

    private TestServer server;

    @BeforeEach
    void startServer() {
        server = new TestServer(routes -> routes.get("/counted", (request, response) -> {
            peak.accumulateAndGet(now.incrementAndGet(), Math::max);
            return response.sendString(Mono.fromSupplier(() -> "" + now.decrementAndGet()));
        }));
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @OnBothCarriers
    void moreThanTheLimitWaitInLineAndUseTheSameConnections(Carrier carrier) {
        try (var http = new HttpFixture(carrier, options -> options.withMaxTotal(2))) {
            List<Task<FetchResponse>> fetches = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                fetches.add(http.client.fetch(server.url("/counted")));
            }
            for (Task<FetchResponse> fetch : fetches) {
                assertThat(HttpFixture.outcome(fetch).status()).isEqualTo(200);
            }
            assertThat(peak).hasValueBetween(1, 2);
            assertThat(server.connections()).isLessThanOrEqualTo(2);
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void twoRunAndTwoWait(Carrier carrier) {
        try (var http = new HttpFixture(carrier, options -> options.withMaxTotal(2))) {
            List<Task<FetchResponse>> fetches = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                fetches.add(http.client.fetch(server.url("/gate")));
            }
            server.awaitHanging(2);
            http.settle();
            assertThat(http.client.active()).isEqualTo(2);
            assertThat(http.client.queued()).isEqualTo(2);
            server.openGate();
            fetches.forEach(
                    fetch -> assertThat(HttpFixture.outcome(fetch).text()).isEqualTo("open"));
        }
    }

    @OnBothCarriers
    void aBusyOriginLetsThoseForOthersPass(Carrier carrier) {
        try (var http = new HttpFixture(carrier, options -> options.withMaxPerOrigin(1));
                var other = new TestServer()) {
            Task<FetchResponse> running = http.client.fetch(server.url("/gate"));
            Task<FetchResponse> waiting = http.client.fetch(server.url("/hello"));
            Task<FetchResponse> elsewhere = http.client.fetch(other.url("/hello"));
            assertThat(HttpFixture.outcome(elsewhere).text()).isEqualTo("Hello world!");
            assertThat(waiting.isDone()).isFalse();
            assertThat(http.client.queued()).isEqualTo(1);
            server.openGate();
            assertThat(HttpFixture.outcome(waiting).text()).isEqualTo("Hello world!");
            assertThat(HttpFixture.outcome(running).text()).isEqualTo("open");
        }
    }

    @OnBothCarriers
    void redirectsDoNotMakeTheLineEndless(Carrier carrier) {
        try (var http = new HttpFixture(
                        carrier,
                        options -> options.withMaxTotal(2).withMaxPerOrigin(1).withMaxQueued(0));
                var busy = new TestServer()) {
            http.client.fetch(busy.url("/hang"));
            busy.awaitHanging(1);
            FetchRequest redirected = FetchRequest.get(server.url("/countdown/1?to=" + busy.url("/hello")))
                    .build();
            for (int waiting = 1; waiting <= 2; waiting++) {
                http.client.fetch(redirected);
                awaitQueued(http, waiting);
            }
            assertThatThrownBy(() -> HttpFixture.outcome(http.client.fetch(redirected)))
                    .isInstanceOf(QueueFullException.class)
                    .hasMessageContaining(busy.url("/hello"));
            assertThat(http.client.queued()).isEqualTo(2);
        }
    }

    private static void awaitQueued(HttpFixture http, int count) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (http.client.queued() != count && System.nanoTime() < deadline) {
            http.settle();
        }
        assertThat(http.client.queued()).isEqualTo(count);
    }

    @OnBothCarriers
    void aBodyThatIsAnnouncedAsTooLargeIsNotWaitedFor(Carrier carrier) throws IOException {
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n";
        try (var http = new HttpFixture(
                        carrier, options -> options.withMaxBodySize(1000).withTimeout(Duration.ofMinutes(10)));
                var raw = RawServer.answering(head.getBytes(StandardCharsets.ISO_8859_1), false)) {
            assertThatThrownBy(() -> HttpFixture.outcome(http.client.fetch(raw.url("/"))))
                    .isInstanceOf(BodyTooLargeException.class)
                    .hasMessageContaining("1000 bytes");
            assertThat(http.client.active()).isZero();
            FetchResponse headOnly = HttpFixture.outcome(
                    http.client.fetch(FetchRequest.head(raw.url("/")).build()));
            assertThat(headOnly.headers().first("Content-Length")).isEqualTo("1001");
        }
    }

    @OnBothCarriers
    void aFullLineTurnsAway(Carrier carrier) {
        try (var http =
                new HttpFixture(carrier, options -> options.withMaxTotal(1).withMaxQueued(1))) {
            Task<FetchResponse> running = http.client.fetch(server.url("/gate"));
            Task<FetchResponse> waiting = http.client.fetch(server.url("/hello"));
            assertThatThrownBy(() -> HttpFixture.outcome(http.client.fetch(server.url("/status/200"))))
                    .isInstanceOf(QueueFullException.class)
                    .hasMessageContaining(server.url("/status/200"))
                    .hasMessageContaining("(queue)")
                    .hasMessageContaining("1 requests wait")
                    .hasMessageContaining("maxQueued");
            server.openGate();
            assertThat(HttpFixture.outcome(running).status()).isEqualTo(200);
            assertThat(HttpFixture.outcome(waiting).status()).isEqualTo(200);
        }
    }

    @OnBothCarriers
    void aBodyUpToTheLimitIsFineAndOneByteMoreIsNot(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier, options -> options.withMaxBodySize(10));
                var fine = RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789");
                var large = RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890")) {
            assertThat(HttpFixture.outcome(http.client.fetch(fine.url("/"))).text())
                    .isEqualTo("0123456789");
            assertTooLarge(http, large);
        }
    }

    @OnBothCarriers
    void aBodyWithoutEndIsStopped(Carrier carrier) throws IOException {
        String chunk = "400\r\n" + "x".repeat(1024) + "\r\n";
        try (var http = new HttpFixture(carrier, options -> options.withMaxBodySize(2_000));
                var raw = RawServer.answering(
                        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk)
                                .getBytes(StandardCharsets.US_ASCII),
                        false)) {
            assertTooLarge(http, raw);
        }
    }

    @OnBothCarriers
    void theDecompressedSizeCounts(Carrier carrier) throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            gzip.write(new byte[20_000_000]);
        }
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.writeBytes(("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + bomb.size() + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        bomb.writeTo(answer);
        try (var http = new HttpFixture(carrier, options -> options.withMaxBodySize(1_000_000));
                var raw = RawServer.answering(answer.toByteArray(), false)) {
            assertTooLarge(http, raw);
        }
    }

    private static void assertTooLarge(HttpFixture http, RawServer raw) {
        assertThatThrownBy(() -> http.run(() -> await(http.client.fetch(raw.url("/")))))
                .isInstanceOf(BodyTooLargeException.class)
                .hasMessageContaining(raw.url("/"))
                .hasMessageContaining("maxBodySize");
        http.settle();
        assertThat(http.client.active()).isZero();
    }

    @OnBothCarriers
    void headersHaveALimitToo(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier, options -> options.withMaxHeaderSize(1_024));
                var raw = RawServer.answering(
                        "HTTP/1.1 200 OK\r\nX-Long: " + "x".repeat(2_000) + "\r\nContent-Length: 0\r\n\r\n")) {
            assertThatThrownBy(() -> http.run(() -> await(http.client.fetch(raw.url("/")))))
                    .isInstanceOf(BrokenResponseException.class)
                    .hasMessageContaining("larger than 1024 bytes; raise maxHeaderSize");
        }
    }

    @OnBothCarriers
    void theNumberOfHeadersHasALimit(Carrier carrier) throws IOException {
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + "X-Name: value\r\n".repeat(100) + "\r\n";
        try (var http = new HttpFixture(carrier, options -> options.withMaxHeaderCount(100));
                var raw = RawServer.answering(head)) {
            assertThatThrownBy(() -> http.run(() -> await(http.client.fetch(raw.url("/")))))
                    .isInstanceOf(BrokenResponseException.class)
                    .hasMessageContaining("101 headers, more than 100; raise maxHeaderCount");
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    /** A bomb of 512 MB is defused with not much more inflated than is allowed. */
    @OnBothCarriers
    void aBombIsNotInflatedFurther(Carrier carrier) throws Exception {
        byte[] bomb = zeros(512);
        AtomicInteger sent = new AtomicInteger();
        try (var http = new HttpFixture(carrier, options -> options.withMaxBodySize(1_000_000));
                var server = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write(
                            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + bomb.length + "\r\n\r\n");
                    Thread.ofVirtual().start(() -> {
                        try {
                            peer.readToEnd();
                        } catch (IOException ex) {
                            // reset
                        }
                        sent.addAndGet(bomb.length); // and no more
                    });
                    int size = 1024;
                    while (sent.get() + size < bomb.length) {
                        peer.write(Arrays.copyOfRange(bomb, sent.get(), sent.get() + size));
                        sent.addAndGet(size);
                        http.settle(); // and with it what has come so far
                    }
                })) {
            assertThatThrownBy(() -> HttpFixture.outcome(http.client.fetch(server.url("/"))))
                    .isInstanceOf(BodyTooLargeException.class);
            assertThat(server.done.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            int taken = sent.get() % bomb.length;
            assertThat(inflated(bomb, taken)).isBetween(1_000_000L, 32_000_000L);
        }
    }

    private static byte[] zeros(int megabytes) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            byte[] megabyte = new byte[1024 * 1024];
            for (int i = 0; i < megabytes; i++) {
                gzip.write(megabyte);
            }
        }
        return compressed.toByteArray();
    }

    private static long inflated(byte[] compressed, int length) throws IOException {
        long count = 0;
        try (var gzip = new GZIPInputStream(new ByteArrayInputStream(compressed, 0, length))) {
            byte[] bytes = new byte[64 * 1024];
            int read;
            while ((read = gzip.read(bytes)) >= 0) {
                count += read;
            }
        } catch (EOFException ex) {
            // as it was cut off
        }
        return count;
    }
}
