package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.testing.ManualClock;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** On the loop's clock, which stands still here until it is moved. */
class FetchTimeoutTest {

    private final ManualClock clock = new ManualClock();

    private TestServer server;

    @BeforeEach
    void startServer() {
        server = new TestServer();
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private void assertTimesOut(Task<?> fetch, FetchPhase phase, Duration limit) {
        assertThatThrownBy(() -> HttpFixture.outcome(fetch))
                .isInstanceOfSatisfying(FetchTimeoutException.class, failure -> {
                    assertThat(failure.phase()).isEqualTo(phase);
                    assertThat(failure.limit()).isEqualTo(limit);
                })
                .hasMessageContaining("the limit of " + limit)
                .hasMessageContaining("127.0.0.1");
    }

    @OnBothCarriers
    void aResponseThatDoesNotCome(Carrier carrier) {
        try (var http = new HttpFixture(carrier, clock, options -> options)) {
            Task<FetchResponse> fetch = http.client.fetch(server.url("/hang"));
            server.awaitHanging(1);
            clock.advance(Duration.ofSeconds(20).minusNanos(1));
            http.settle();
            assertThat(fetch.isDone()).isFalse();
            clock.advance(Duration.ofNanos(1));
            assertTimesOut(fetch, FetchPhase.RESPONSE, Duration.ofSeconds(20));
            server.awaitHungUp(1);
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void aBodyThatDoesNotEnd(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier, clock, options -> options.withTimeout(Duration.ofSeconds(3)));
                var raw = RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort".getBytes(), false)) {
            Task<FetchResponse> fetch = http.client.fetch(raw.url("/"));
            assertThat(raw.heads.take()).startsWith("GET / HTTP/1.1");
            clock.advance(Duration.ofSeconds(3));
            assertThatThrownBy(() -> HttpFixture.outcome(fetch))
                    .isInstanceOfSatisfying(
                            FetchTimeoutException.class,
                            failure -> assertThat(failure.phase())
                                    .isIn(FetchPhase.RESPONSE, FetchPhase.BODY)); // the head may not have come yet
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @OnBothCarriers
    void aConnectionThatIsNotMade(Carrier carrier) throws IOException {
        Duration limit = Duration.ofSeconds(2);
        try (var http = new HttpFixture(carrier, clock, options -> options.withConnectTimeout(limit));
                var raw = RawServer.unreachable()) {
            Task<FetchResponse> fetch = http.client.fetch(raw.url("/"));
            http.settle();
            assertThat(http.client.active()).isEqualTo(1);
            clock.advance(limit);
            assertTimesOut(fetch, FetchPhase.CONNECT, limit);
            Task<FetchResponse> shorter = http.client.fetch(FetchRequest.get(raw.url("/"))
                    .timeout(Duration.ofSeconds(1))
                    .build());
            http.settle();
            clock.advance(Duration.ofSeconds(1));
            assertTimesOut(shorter, FetchPhase.CONNECT, Duration.ofSeconds(1));
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void aHandshakeThatIsNotAnswered(Carrier carrier) throws IOException {
        Duration limit = Duration.ofSeconds(2);
        try (var http = new HttpFixture(carrier, clock, options -> options.withConnectTimeout(limit));
                var raw = RawServer.silent()) {
            Task<FetchResponse> fetch = http.client.fetch("https://127.0.0.1:" + raw.port() + "/");
            raw.awaitConnection();
            clock.advance(limit);
            assertTimesOut(fetch, FetchPhase.CONNECT, limit);
            raw.hungUp.acquireUninterruptibly();
        }
    }

    @OnBothCarriers
    void theLimitForConnectingEndsWithTheConnection(Carrier carrier) {
        try (var http = new HttpFixture(carrier, clock, options -> options.withConnectTimeout(Duration.ofSeconds(1)))) {
            Task<FetchResponse> fetch = http.client.fetch(server.url("/gate"));
            server.awaitHanging(1);
            clock.advance(Duration.ofSeconds(5));
            server.openGate();
            assertThat(HttpFixture.outcome(fetch).text()).isEqualTo("open");
        }
    }

    @OnBothCarriers
    void theTimeInLineCounts(Carrier carrier) {
        try (var http = new HttpFixture(carrier, clock, options -> options.withMaxTotal(1))) {
            Task<FetchResponse> running = http.client.fetch(FetchRequest.get(server.url("/hang"))
                    .timeout(Duration.ofMinutes(1))
                    .build());
            server.awaitHanging(1);
            Task<FetchResponse> waiting = http.client.fetch(server.url("/hello"));
            http.settle();
            assertThat(http.client.queued()).isEqualTo(1);
            clock.advance(Duration.ofSeconds(20));
            assertTimesOut(waiting, FetchPhase.QUEUE, Duration.ofSeconds(20));
            http.settle();
            assertThat(http.client.queued()).isZero();
            assertThat(http.client.active()).isEqualTo(1);
            assertThat(running.isDone()).isFalse();
        }
    }
}
