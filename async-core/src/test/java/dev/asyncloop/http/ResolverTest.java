package dev.asyncloop.http;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.net.AddressFamily;
import dev.asyncloop.net.AddressResolver;
import dev.asyncloop.net.ConnectionOptions;
import dev.asyncloop.testing.ManualClock;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import reactor.core.publisher.Mono;

class ResolverTest {

    private final List<String> asked = new CopyOnWriteArrayList<>();

    private TestServer server;

    @BeforeEach
    void startServer() {
        server = new TestServer(routes -> routes.get(
                "/from",
                (request, response) -> response.sendString(
                        Mono.just(request.remoteAddress().getAddress().getHostAddress()))));
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private static HttpFixture fixture(Carrier carrier, UnaryOperator<ConnectionOptions> connection) {
        return new HttpFixture(carrier, options -> options.withConnection(connection));
    }

    private static String text(HttpFixture http, String url) {
        return http.run(() -> await(http.client.fetch(url))).text();
    }

    private String url(String host) {
        return "http://" + host + ":" + server.port() + "/hello";
    }

    private AddressResolver noting(AddressResolver resolver) {
        return host -> {
            asked.add(host);
            return resolver.resolve(host);
        };
    }

    @OnBothCarriers
    void namesMayHaveGivenAddresses(Carrier carrier) {
        AddressResolver resolver = noting(host -> CompletableFuture.failedFuture(new IOException("no")));
        try (var http = fixture(
                carrier,
                connection -> connection
                        .withHosts(Map.of("A.example", InetAddress.getLoopbackAddress()))
                        .withResolver(resolver))) {
            assertThat(text(http, url("a.Example"))).isEqualTo("Hello world!");
            assertThat(text(http, url("127.0.0.1"))).isEqualTo("Hello world!");
            assertThat(asked).isEmpty();
        }
    }

    @OnBothCarriers
    void theApplicationsResolverIsAskedAndMayTakeItsTime(Carrier carrier) {
        List<InetAddress> loopback = List.of(InetAddress.getLoopbackAddress());
        try (var http = fixture(
                carrier,
                connection -> connection.withResolver(noting(host -> CompletableFuture.supplyAsync(() -> loopback))))) {
            assertThat(text(http, url("b.example"))).isEqualTo("Hello world!");
            assertThat(text(http, url("b.example"))).isEqualTo("Hello world!");
            assertThat(asked).containsExactly("b.example"); // the second was on the same connection
        }
    }

    @OnBothCarriers
    void aResolverThatFailsOrFindsNothingFailsTheConnection(Carrier carrier) {
        AddressResolver resolver = host -> switch (host) {
            case "none.example" -> CompletableFuture.completedFuture(List.of());
            case "thrown.example" -> throw new IllegalStateException("out of order");
            default -> CompletableFuture.failedFuture(new IllegalStateException("out of order"));
        };
        try (var http = fixture(carrier, connection -> connection.withResolver(resolver))) {
            for (String host : List.of("none", "thrown", "failed")) {
                assertThatThrownBy(() -> text(http, url(host + ".example")))
                        .isInstanceOf(ConnectFailedException.class)
                        .hasMessageContaining(host.equals("none") ? "none.example has no address" : "out of order");
            }
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void aResolverThatNeverAnswersIsNotWaitedForLongerThanTheLimit(Carrier carrier) {
        ManualClock clock = new ManualClock();
        Duration limit = Duration.ofSeconds(2);
        AddressResolver resolver = noting(host -> new CompletableFuture<>());
        try (var http = new HttpFixture(
                carrier,
                clock,
                options -> options.withConnectTimeout(limit)
                        .withTimeout(Duration.ofHours(1))
                        .withConnection(connection -> connection.withResolver(resolver)))) {
            Task<FetchResponse> fetch = http.client.fetch(url("c.example"));
            http.settle();
            assertThat(asked).containsExactly("c.example");
            clock.advance(limit);
            assertThatThrownBy(() -> HttpFixture.outcome(fetch))
                    .isInstanceOfSatisfying(FetchTimeoutException.class, failure -> {
                        assertThat(failure.phase()).isEqualTo(FetchPhase.CONNECT);
                        assertThat(failure.timings().resolve()).isEqualTo(limit);
                        assertThat(failure.timings().connect()).isZero();
                        assertThat(failure.elapsed()).isEqualTo(limit);
                    });
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void onlyAddressesOfTheFamilyAreConnectedTo(Carrier carrier) throws IOException {
        InetAddress six = InetAddress.getByName("::1");
        AddressResolver both =
                host -> CompletableFuture.completedFuture(List.of(six, InetAddress.getLoopbackAddress()));
        try (var four = fixture(
                        carrier, connection -> connection.withResolver(both).withAddressFamily(AddressFamily.IPV4));
                var sixes = fixture(carrier, connection -> connection.withAddressFamily(AddressFamily.IPV6))) {
            assertThat(text(four, url("d.example"))).isEqualTo("Hello world!");
            assertThatThrownBy(() -> text(sixes, url("127.0.0.1")))
                    .isInstanceOf(ConnectFailedException.class)
                    .hasMessageContaining("no address of the family IPV6");
        }
    }

    @OnBothCarriers
    void theNextAddressIsTriedWhereOneRefuses(Carrier carrier) throws IOException {
        InetAddress other = InetAddress.getByName("127.0.0.77");
        AddressResolver both =
                host -> CompletableFuture.completedFuture(List.of(other, InetAddress.getLoopbackAddress()));
        try (var http = fixture(carrier, connection -> connection.withResolver(both))) {
            FetchResponse response = http.run(() -> await(http.client.fetch(url("e.example"))));
            assertThat(response.text()).isEqualTo("Hello world!");
            assertThat(response.timings().connect()).isPositive();
        }
    }

    @OnBothCarriers
    void connectionsAreMadeFromTheGivenAddress(Carrier carrier) throws IOException {
        InetAddress local = InetAddress.getByName("127.0.0.9");
        try (var http = fixture(carrier, connection -> connection.withLocalAddress(local))) {
            assertThat(text(http, server.url("/from"))).isEqualTo("127.0.0.9");
        }
    }
}
