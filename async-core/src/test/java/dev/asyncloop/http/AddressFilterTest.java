package dev.asyncloop.http;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.net.AddressFilter;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class AddressFilterTest {

    private final List<String> asked = new CopyOnWriteArrayList<>();

    private TestServer server;

    @BeforeEach
    void startServer() {
        server = new TestServer();
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private boolean noLoopback(InetAddress address) {
        asked.add(address.getHostAddress());
        return !address.isLoopbackAddress();
    }

    private static void assertNotAllowed(HttpFixture http, String url, String at) {
        assertThatThrownBy(() -> http.run(() -> await(http.client.fetch(url))))
                .isInstanceOfSatisfying(AddressNotAllowedException.class, failure -> {
                    assertThat(failure.address().isLoopbackAddress()).isTrue();
                    assertThat(failure.uri()).hasToString(at);
                })
                .hasMessageContaining(at)
                .hasMessageContaining("is not allowed");
        assertThat(http.client.active()).isZero();
    }

    @OnBothCarriers
    void isAskedForNamesAndForLiteralAddresses(Carrier carrier) {
        try (var http = new HttpFixture(
                carrier,
                options -> options.withConnection(connection -> connection.withAddressFilter(this::noLoopback)))) {
            for (String host : List.of(
                    "localhost",
                    "LOCALHOST",
                    "127.0.0.1",
                    "127.9.9.9",
                    "[::1]",
                    "[::ffff:127.0.0.1]",
                    "[::ffff:7f00:1]")) {
                String url = "http://" + host + ":" + server.port() + "/hello";
                assertNotAllowed(http, url, url);
            }
            assertThat(asked).contains("127.0.0.1", "127.9.9.9");
            assertThat(server.connections()).isZero();
        }
    }

    @OnBothCarriers
    void isAskedForTheTargetOfARedirect(Carrier carrier) {
        AddressFilter filter = address -> !address.getHostAddress().equals("127.0.0.2");
        try (var http = new HttpFixture(
                carrier, options -> options.withConnection(connection -> connection.withAddressFilter(filter)))) {
            String target = "http://127.0.0.2:" + server.port() + "/hello";
            assertThatThrownBy(() -> http.run(() -> await(http.client.fetch(server.url("/countdown/1?to=" + target)))))
                    .isInstanceOf(AddressNotAllowedException.class)
                    .hasMessageContaining(target);
        }
    }

    @OnBothCarriers
    void letsThroughWhatItAllows(Carrier carrier) {
        AddressFilter filter = address -> {
            asked.add(address.getHostAddress());
            return true;
        };
        try (var http = new HttpFixture(
                carrier, options -> options.withConnection(connection -> connection.withAddressFilter(filter)))) {
            String url = "http://localhost:" + server.port() + "/hello";
            assertThat(http.run(() -> await(http.client.fetch(url))).text()).isEqualTo("Hello world!");
            assertThat(http.run(() -> await(http.client.fetch(server.url("/hello"))))
                            .text())
                    .isEqualTo("Hello world!");
            assertThat(asked).contains("127.0.0.1");
        }
    }

    @OnBothCarriers
    void aFilterThatFailsAllowsNothing(Carrier carrier) {
        AddressFilter filter = address -> {
            throw new IllegalStateException("no idea");
        };
        try (var http = new HttpFixture(
                carrier, options -> options.withConnection(connection -> connection.withAddressFilter(filter)))) {
            assertThatThrownBy(() -> http.run(() -> await(http.client.fetch(server.url("/hello")))))
                    .isInstanceOf(ConnectFailedException.class)
                    .hasMessageContaining("no idea");
            assertThat(server.connections()).isZero();
        }
    }

    @OnBothCarriers
    void namesWorkWithoutAFilter(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            String url = "http://localhost:" + server.port() + "/hello";
            assertThat(http.run(() -> await(http.client.fetch(url))).text()).isEqualTo("Hello world!");
        }
    }
}
