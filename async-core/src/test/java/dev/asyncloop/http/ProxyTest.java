package dev.asyncloop.http;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.net.ConnectionOptions;
import dev.asyncloop.net.ProxyOptions;
import dev.asyncloop.net.TlsOptions;
import dev.asyncloop.net.TlsVerification;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxyTest {

    private static final TlsOptions TRUSTING = TlsOptions.defaults().withVerification(TlsVerification.INSECURE_NOTHING);

    @TempDir
    static Path folder;

    private static KeyStore own;

    @BeforeAll
    static void makeCertificate() throws IOException {
        own = new Certificates(folder).forLocalhost("server");
    }

    private static HttpFixture through(Carrier carrier, ProxyOptions proxy) {
        return new HttpFixture(
                carrier,
                options -> options.withConnection(
                        connection -> connection.withTls(TRUSTING).withProxy(proxy)));
    }

    private static String text(HttpFixture http, String url) {
        return http.run(() -> await(http.client.fetch(url))).text();
    }

    private static void assertFails(HttpFixture http, String url, int status) {
        assertThatThrownBy(() -> text(http, url))
                .isInstanceOfSatisfying(
                        ProxyFailedException.class,
                        failure -> assertThat(failure.status()).isEqualTo(status))
                .hasMessageContaining("the HTTP proxy 127.0.0.1:")
                .hasMessageNotContaining("sesame");
        http.settle();
        assertThat(http.client.active()).isZero();
    }

    @OnBothCarriers
    void requestsAreHandedToTheProxyWithWhatIsForItAlone(Carrier carrier) throws IOException {
        try (var server = new TestServer();
                var proxy = TestProxy.http("aladdin:open sesame");
                var http = through(
                        carrier,
                        ProxyOptions.http("127.0.0.1", proxy.port()).withCredentials("aladdin", "open sesame"))) {
            String url = "http://nowhere.example:" + server.port() + "/echo";
            assertThat(http.run(() -> await(http.client.fetch(
                                    FetchRequest.post(url).body("é").build())))
                            .text())
                    .isEqualTo("é");
            assertThat(proxy.asked).singleElement().asString().startsWith("POST " + url + " HTTP/1.1\r\n");
            assertThat(server.last().header("Host")).isEqualTo("nowhere.example:" + server.port());
            assertThat(server.last().header("Proxy-Authorization")).isNull();
        }
    }

    @OnBothCarriers
    void securedConnectionsGoThroughATunnel(Carrier carrier) throws Exception {
        try (var server = new TlsServer(Certificates.server(own, own), false);
                var proxy = TestProxy.http("aladdin:open sesame");
                var http = through(
                        carrier,
                        ProxyOptions.http("localhost", proxy.port()).withCredentials("aladdin", "open sesame"))) {
            String url = server.url("nowhere.example");
            FetchResponse response = http.run(() -> await(http.client.fetch(url)));
            assertThat(response.text()).isEqualTo("secret");
            assertThat(response.timings().tls()).isPositive();
            assertThat(response.timings().connect()).isPositive();
            assertThat(text(http, url)).isEqualTo("secret");
            assertThat(proxy.asked)
                    .singleElement() // the second was on the same connection
                    .asString()
                    .startsWith(
                            "CONNECT nowhere.example:" + response.effectiveUri().getPort() + " HTTP/1.1\r\n");
        }
    }

    @OnBothCarriers
    void aProxyThatWantsOtherCredentialsIsNamed(Carrier carrier) throws Exception {
        try (var proxy = TestProxy.http("aladdin:open sesame");
                var http = through(
                        carrier, ProxyOptions.http("127.0.0.1", proxy.port()).withCredentials("aladdin", "sesame"))) {
            assertFails(http, "http://nowhere.example:1/", 407);
            assertFails(http, "https://nowhere.example:1/", 407);
        }
    }

    @OnBothCarriers
    void aProxyThatIsNotThereIsNamed(Carrier carrier) throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = socket.getLocalPort();
        }
        try (var http = through(carrier, ProxyOptions.http("127.0.0.1", port))) {
            assertFails(http, "http://nowhere.example/", 0);
            assertFails(http, "https://nowhere.example/", 0);
        }
    }

    @OnBothCarriers
    void someHostsAreConnectedToDirectly(Carrier carrier) throws IOException {
        try (var server = new TestServer();
                var proxy = TestProxy.http("");
                var http = through(
                        carrier, ProxyOptions.http("127.0.0.1", proxy.port()).withNoProxy("LOCALHOST", "127.0.0.1"))) {
            assertThat(text(http, server.url("/hello"))).isEqualTo("Hello world!");
            assertThat(text(http, "http://localhost:" + server.port() + "/hello"))
                    .isEqualTo("Hello world!");
            assertThat(proxy.asked).isEmpty();
            assertThat(text(http, "http://other.example:" + server.port() + "/hello"))
                    .isEqualTo("Hello world!");
            assertThat(proxy.asked).hasSize(1);
        }
    }

    @OnBothCarriers
    void aSocksProxyTakesEverything(Carrier carrier) throws Exception {
        for (String credentials : List.of("", "aladdin:sesame")) {
            try (var server = new TestServer();
                    var secure = new TlsServer(Certificates.server(own, own), false);
                    var proxy = TestProxy.socks(credentials);
                    var http = through(
                            carrier,
                            credentials.isEmpty()
                                    ? ProxyOptions.socks5("127.0.0.1", proxy.port())
                                    : ProxyOptions.socks5("127.0.0.1", proxy.port())
                                            .withCredentials("aladdin", "sesame"))) {
                assertThat(text(http, "http://nowhere.example:" + server.port() + "/hello"))
                        .isEqualTo("Hello world!");
                assertThat(text(http, secure.url("nowhere.example"))).isEqualTo("secret");
                assertThat(proxy.asked).hasSize(2).allMatch(asked -> asked.startsWith("nowhere.example:"));
            }
        }
    }

    @Test
    void anAddressFilterIsNotByPassedUnnoticed() {
        ConnectionOptions filtered = ConnectionOptions.defaults().withAddressFilter(address -> false);
        ProxyOptions proxy = ProxyOptions.http("proxy.example", 3128);
        assertThatThrownBy(() -> filtered.withProxy(proxy))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("HTTP proxy proxy.example:3128")
                .hasMessageContaining("withFiltersAddresses(true)");
        assertThat(filtered.withProxy(proxy.withFiltersAddresses(true)).proxy()).isNotNull();
    }

    @Test
    void noProxyMayBeADomain() {
        ProxyOptions proxy = ProxyOptions.http("proxy.example", 3128).withNoProxy(".Intern.example", "localhost");
        assertThat(List.of("intern.example", "a.intern.EXAMPLE", "LocalHost")).noneMatch(proxy::isFor);
        assertThat(List.of("xintern.example", "intern.example.org", "a.localhost", "127.0.0.1"))
                .allMatch(proxy::isFor);
    }

    @Test
    void theServerNeverSeesWhatIsForTheProxy() {
        FetchRequest.Builder request = FetchRequest.get("https://a.example/");
        assertThatThrownBy(() -> request.header("proxy-authorization", "Basic x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ProxyOptions");
    }
}
