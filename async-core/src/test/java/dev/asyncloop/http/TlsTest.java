package dev.asyncloop.http;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.http.TlsFailedException.Problem;
import dev.asyncloop.net.AddressResolver;
import dev.asyncloop.net.HttpVersions;
import dev.asyncloop.net.TlsOptions;
import dev.asyncloop.net.TlsVerification;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {

    @TempDir
    static Path folder;

    private static KeyStore own;

    private static KeyStore client;

    private static KeyStore expired;

    @BeforeAll
    static void makeCertificates() throws IOException {
        Certificates certificates = new Certificates(folder);
        own = certificates.forLocalhost("server");
        client = certificates.forLocalhost("client");
        expired = certificates.signed("expired", "-validity", "1", "-startdate", "-3d", "-ext", "SAN=dns:localhost");
    }

    private static TlsOptions trustingOwn() {
        try {
            return TlsOptions.defaults().withTrustManagers(Certificates.trusting(own));
        } catch (IOException | GeneralSecurityException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static HttpFixture fixture(Carrier carrier, TlsOptions tls) {
        return fixture(carrier, () -> tls);
    }

    private static HttpFixture fixture(Carrier carrier, Supplier<TlsOptions> tls) {
        return new HttpFixture(
                carrier,
                options -> options.withConnection(connection -> connection
                        .withTls(tls)
                        .withHosts(Map.of("elsewhere.example", InetAddress.getLoopbackAddress()))));
    }

    private static void assertFails(HttpFixture http, String url, Problem problem) {
        assertThatThrownBy(() -> http.run(() -> await(http.client.fetch(url))))
                .isInstanceOfSatisfying(TlsFailedException.class, failure -> {
                    assertThat(failure.problem()).isEqualTo(problem);
                    assertThat(failure.uri()).hasToString(url);
                })
                .hasMessageContaining("could not be secured");
    }

    @OnBothCarriers
    void aServerIsTrustedWhoseCertificateIsKnown(Carrier carrier) throws Exception {
        try (var server = new TlsServer(Certificates.server(own, client), false);
                var http = fixture(carrier, trustingOwn())) {
            FetchResponse response = http.run(() -> await(http.client.fetch(server.url("localhost"))));
            assertThat(response.text()).isEqualTo("secret");
            FetchTimings timings = response.timings();
            assertThat(timings.tls()).isPositive();
            assertThat(timings.connect()).isPositive();
            assertThat(http.client.totals().phases().get(HttpClientTotals.Phase.TLS))
                    .isEqualTo(new HttpClientTotals.Spent(1, timings.tls(), timings.tls()));
        }
    }

    @OnBothCarriers
    void whatNobodyHasAskedForIsNoAnswerWhereTheHandshakeChoosesTheVersionEither(Carrier carrier) throws Exception {
        try (var server = new TlsServer(Certificates.server(own, client), false);
                var http = new HttpFixture(
                        carrier,
                        options -> options.withConnection(
                                connection -> connection.withTls(trustingOwn()).withVersions(HttpVersions.HTTP_2)))) {
            for (String beside : List.of(
                    "HTTP/1.1 103 Early Hints\r\n\r\n%s",
                    "%sHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", "%s\r\n\r\n")) {
                server.say(beside);
                for (int i = 0; i < 3; i++) {
                    assertThat(http.run(() -> await(http.client.fetch(server.url("localhost"))))
                                    .text())
                            .isEqualTo("secret");
                }
            }
        }
    }

    @OnBothCarriers
    void anUnknownAuthorityIsNamed(Carrier carrier) throws Exception {
        try (var server = new TlsServer(Certificates.server(own, client), false);
                var http = fixture(carrier, TlsOptions.defaults())) {
            assertFails(http, server.url("localhost"), Problem.UNKNOWN_AUTHORITY);
        }
    }

    @OnBothCarriers
    void anotherHostIsNamed(Carrier carrier) throws Exception {
        try (var server = new TlsServer(Certificates.server(own, client), false);
                var http = fixture(carrier, trustingOwn())) {
            assertFails(http, server.url("elsewhere.example"), Problem.WRONG_HOST);
        }
    }

    @OnBothCarriers
    void anExpiredCertificateIsNamed(Carrier carrier) throws Exception {
        TlsOptions tls = TlsOptions.defaults().withTrustManagers(Certificates.trustingAuthorityOf(expired));
        try (var server = new TlsServer(Certificates.server(expired, client), false);
                var http = fixture(carrier, tls)) {
            assertFails(http, server.url("localhost"), Problem.EXPIRED);
        }
    }

    @OnBothCarriers
    void aMissingClientCertificateIsNamedAndAGivenOneIsSent(Carrier carrier) throws Exception {
        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            TlsOptions without = trustingOwn().withProtocols(List.of(protocol));
            TlsOptions with = without.withKeyManagers(Certificates.keys(client));
            try (var server = new TlsServer(Certificates.server(own, client), true);
                    var bare = fixture(carrier, without);
                    var http = fixture(carrier, with)) {
                // an old server says no more than that it failed
                assertFails(
                        bare,
                        server.url("localhost"),
                        protocol.equals("TLSv1.3") ? Problem.CLIENT_CERTIFICATE : Problem.OTHER);
                assertThat(http.run(() -> await(http.client.fetch(server.url("localhost"))))
                                .text())
                        .isEqualTo("secret");
            }
        }
    }

    @OnBothCarriers
    void aPortWithoutTlsIsNamed(Carrier carrier) throws Exception {
        try (var server = new TestServer();
                var http = fixture(carrier, trustingOwn())) {
            assertFails(http, "https://127.0.0.1:" + server.port() + "/", Problem.NO_TLS);
        }
    }

    @OnBothCarriers
    void noProtocolInCommonIsNamed(Carrier carrier) throws Exception {
        try (var server = new TlsServer(Certificates.server(own, client), false, "TLSv1.2");
                var http = fixture(carrier, trustingOwn().withProtocols(List.of("TLSv1.3")))) {
            assertFails(http, server.url("localhost"), Problem.NOTHING_IN_COMMON);
        }
    }

    @OnBothCarriers
    void whoAsksForItIsNotProtected(Carrier carrier) throws Exception {
        TlsOptions anyHost = trustingOwn().withVerification(TlsVerification.INSECURE_ANY_HOST);
        TlsOptions nothing = TlsOptions.defaults().withVerification(TlsVerification.INSECURE_NOTHING);
        TlsOptions unknown = TlsOptions.defaults().withVerification(TlsVerification.INSECURE_ANY_HOST);
        try (var server = new TlsServer(Certificates.server(own, client), false);
                var byHost = fixture(carrier, anyHost);
                var open = fixture(carrier, nothing);
                var still = fixture(carrier, unknown)) {
            String url = server.url("elsewhere.example");
            assertThat(byHost.run(() -> await(byHost.client.fetch(url))).text()).isEqualTo("secret");
            assertThat(open.run(() -> await(open.client.fetch(url))).text()).isEqualTo("secret");
            assertFails(still, url, Problem.UNKNOWN_AUTHORITY);
        }
    }

    @OnBothCarriers
    void newConnectionsAreSecuredWithWhatHasBeenReloaded(Carrier carrier) throws Exception {
        AtomicReference<TlsOptions> tls = new AtomicReference<>(TlsOptions.defaults());
        try (var server = new TlsServer(Certificates.server(own, client), false);
                var http = fixture(carrier, tls::get)) {
            assertFails(http, server.url("localhost"), Problem.UNKNOWN_AUTHORITY);
            tls.set(trustingOwn());
            assertThat(http.run(() -> await(http.client.fetch(server.url("localhost"))))
                            .text())
                    .isEqualTo("secret");
        }
    }

    @OnBothCarriers
    void whatIsWrongWithASecondAddressOfAHostIsNamedToo(Carrier carrier) throws Exception {
        AddressResolver two = host -> CompletableFuture.completedFuture(
                List.of(InetAddress.ofLiteral("127.0.0.2"), InetAddress.ofLiteral("127.0.0.1")));
        try (var server = new TlsServer(Certificates.server(own, client), false);
                var http = new HttpFixture(
                        carrier,
                        options -> options.withConnection(connection ->
                                connection.withTls(TlsOptions.defaults()).withResolver(two)))) {
            assertFails(http, server.url("localhost"), Problem.UNKNOWN_AUTHORITY);
        }
    }
}
