package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.http.HttpClientTotals.Outcome;
import dev.asyncloop.http.HttpClientTotals.Phase;
import dev.asyncloop.http.HttpClientTotals.Spent;
import dev.asyncloop.testing.ManualClock;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What a client has done so far, on a clock that stands still unless it is moved. */
class ClientTotalsTest {

    private static final Spent NONE = new Spent(0, Duration.ZERO, Duration.ZERO);

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

    private static Spent spent(int count, int seconds, int longest) {
        return new Spent(count, s(seconds), s(longest));
    }

    @OnBothCarriers
    void theTimeOfEachPhaseAddsUp(Carrier carrier) {
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
            HttpFixture.outcome(first);
            HttpFixture.outcome(second);
            HttpClientTotals totals = http.client.totals();
            assertThat(totals.requests())
                    .isEqualTo(Map.of(
                            Outcome.SUCCESS, spent(2, 16, 8), Outcome.FAILURE, NONE, Outcome.CANCELLED, NONE));
            assertThat(totals.phases())
                    .isEqualTo(Map.of(
                            Phase.QUEUE, spent(2, 8, 8),
                            Phase.RESOLVE, spent(1, 3, 3),
                            Phase.CONNECT, spent(1, 0, 0),
                            Phase.TLS, NONE,
                            Phase.FIRST_BYTE, spent(2, 5, 5),
                            Phase.BODY, spent(2, 0, 0)));
            assertThat(totals.connected()).isEqualTo(1);
            assertThat(totals.refused()).isZero();
        }
    }

    @OnBothCarriers
    void endsThatAreNoSuccessCountWithWhatTheySpent(Carrier carrier) {
        try (var http = new HttpFixture(
                carrier, clock, options -> options.withMaxTotal(1).withMaxQueued(1))) {
            Task<FetchResponse> hanging = http.client.fetch(server.url("/hang"));
            server.awaitHanging(1);
            Task<FetchResponse> waiting = http.client.fetch(server.url("/hello"));
            assertThatThrownBy(() -> HttpFixture.outcome(http.client.fetch(server.url("/hello"))))
                    .isInstanceOf(QueueFullException.class);
            clock.advance(s(2));
            waiting.cancel(false);
            http.settle();
            hanging.cancel(false);
            http.settle();
            assertThatThrownBy(() -> HttpFixture.outcome(http.client.fetch(server.url("/status/404"))))
                    .isInstanceOf(HttpStatusException.class);
            HttpClientTotals totals = http.client.totals();
            assertThat(totals.refused()).isEqualTo(1);
            assertThat(totals.requests())
                    .isEqualTo(Map.of(
                            Outcome.SUCCESS, NONE,
                            Outcome.FAILURE, spent(2, 0, 0),
                            Outcome.CANCELLED, spent(2, 4, 2)));
            assertThat(totals.phases().get(Phase.QUEUE)).isEqualTo(spent(4, 2, 2));
            assertThat(totals.phases().get(Phase.FIRST_BYTE)).isEqualTo(spent(2, 2, 2)); // of the one that hung
            assertThat(totals.phases().get(Phase.BODY).count()).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void redirectsAreOneRequestWithThePhasesOfEach(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) { // whose clock goes: a connection that took no time was there before
            HttpFixture.outcome(http.client.fetch(server.url("/countdown/2")));
            HttpClientTotals totals = http.client.totals();
            assertThat(totals.requests().get(Outcome.SUCCESS).count()).isEqualTo(1);
            assertThat(totals.phases().get(Phase.FIRST_BYTE).count()).isEqualTo(3);
            assertThat(totals.phases().get(Phase.CONNECT).count()).isEqualTo(1);
            assertThat(totals.connected()).isEqualTo(1);
        }
    }
}
