package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.testing.ManualClock;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** On a clock that stands still unless it is moved. */
class FetchTimingsTest {

    private static final Duration ZERO = Duration.ZERO;

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

    private static Duration s(int seconds) {
        return Duration.ofSeconds(seconds);
    }

    @OnBothCarriers
    void eachPartIsWhereItBelongs(Carrier carrier) {
        CompletableFuture<List<InetAddress>> addresses = new CompletableFuture<>();
        try (var http = new HttpFixture(
                carrier,
                clock,
                options -> options.withMaxTotal(1)
                        .withConnection(connection -> connection.withResolver(host -> addresses)))) {
            Task<FetchResponse> first = http.client.fetch("http://a.example:" + server.port() + "/gate");
            Task<FetchResponse> second = http.client.fetch("http://a.example:" + server.port() + "/hello");
            http.settle();
            clock.advance(s(3));
            addresses.complete(List.of(InetAddress.getLoopbackAddress()));
            server.awaitHanging(1);
            clock.advance(s(5));
            server.openGate();
            assertThat(HttpFixture.outcome(first).timings())
                    .isEqualTo(new FetchTimings(ZERO, ZERO, s(3), ZERO, ZERO, s(5), ZERO, s(8)));
            assertThat(HttpFixture.outcome(second).timings()) // on the same connection
                    .isEqualTo(new FetchTimings(ZERO, s(8), ZERO, ZERO, ZERO, ZERO, ZERO, s(8)));
        }
    }

    @OnBothCarriers
    void redirectsAreApart(Carrier carrier) {
        CompletableFuture<List<InetAddress>> addresses = new CompletableFuture<>();
        try (var http = new HttpFixture(
                carrier,
                clock,
                options -> options.withConnection(connection -> connection.withResolver(host -> addresses)))) {
            String url = "http://a.example:" + server.port() + "/countdown/1";
            Task<FetchResponse> fetch = http.client.fetch(url);
            http.settle();
            clock.advance(s(2));
            addresses.complete(List.of(InetAddress.getLoopbackAddress()));
            assertThat(HttpFixture.outcome(fetch).timings())
                    .isEqualTo(new FetchTimings(s(2), ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, s(2)));
        }
    }

    @OnBothCarriers
    void theNumbersOfAClientAreThoseOfItsOrigins(Carrier carrier) {
        try (var other = new TestServer();
                var http = new HttpFixture(carrier, options -> options.withMaxPerOrigin(1))) {
            Task<FetchResponse> running = http.client.fetch(server.url("/gate"));
            server.awaitHanging(1);
            Task<FetchResponse> waiting = http.client.fetch(server.url("/hello"));
            HttpFixture.outcome(http.client.fetch(other.url("/hello")));
            http.settle();
            String name = "http://127.0.0.1:" + server.port();
            String otherName = "http://127.0.0.1:" + other.port();
            HttpClientStatistics now = http.client.statistics();
            assertThat(now.origins())
                    .containsExactlyInAnyOrder(
                            new HttpClientStatistics.Origin(name, 1, 1, 1, 0),
                            new HttpClientStatistics.Origin(otherName, 0, 0, 1, 1));
            assertThat(now.active()).isEqualTo(1);
            assertThat(now.queued()).isEqualTo(1);
            assertThat(now.connections()).isEqualTo(2);
            assertThat(http.client.idle()).isEqualTo(1);
            server.openGate();
            HttpFixture.outcome(running);
            HttpFixture.outcome(waiting);
            http.settle();
            assertThat(http.client.idle()).isEqualTo(2);
            http.client.close();
            awaitNoConnection(http);
            assertThat(http.client.statistics()).isEqualTo(new HttpClientStatistics(0, 0, 0, 0, List.of()));
        }
    }

    private static void awaitNoConnection(HttpFixture http) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (http.client.statistics().connections() > 0 && System.nanoTime() < deadline) {
            http.settle();
        }
    }
}
