package dev.asyncloop.http;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.gather;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.net.HttpVersions;
import dev.asyncloop.net.TlsOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Against a server that many others have tested themselves against. */
class NginxTest {

    @TempDir
    static Path folder;

    private static KeyStore own;

    private static KeyStore client;

    private static String certificate;

    private static String trustedClient;

    private static TlsOptions tls;

    @BeforeAll
    static void makeCertificates() throws Exception {
        Certificates certificates = new Certificates(folder);
        own = certificates.forLocalhost("server");
        client = certificates.forLocalhost("client");
        certificate = Nginx.certificate(certificates.pem("server", own));
        trustedClient = "ssl_client_certificate "
                + certificates.pem("client", client).certificate() + "; ssl_verify_client on;";
        tls = TlsOptions.defaults().withTrustManagers(Certificates.trusting(own));
    }

    private static HttpFixture fixture(Carrier carrier, HttpVersions versions) {
        return new HttpFixture(
                carrier,
                options -> options.withConnection(
                        connection -> connection.withTls(tls).withVersions(versions)));
    }

    /** One fetch after the other. */
    private static List<String> texts(HttpFixture http, String url, int count) {
        return http.run(() -> {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                texts.add(await(http.client.fetch(url)).text());
            }
            return texts;
        });
    }

    private static List<String> textsAtOnce(HttpFixture http, String url, int count) {
        return http.run(() -> {
            List<Task<FetchResponse>> fetches = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                fetches.add(http.client.fetch(url));
            }
            return gather(fetches).stream().map(FetchResponse::text).toList();
        });
    }

    @OnBothCarriers
    void aConnectionIsKeptAliveAsLongAsTheServerWants(Carrier carrier) throws IOException {
        String server = "keepalive_requests 3; location / { return 200 \"$connection $connection_requests\"; }";
        try (var nginx = Nginx.start("", server);
                var http = new HttpFixture(carrier)) {
            List<String> texts = texts(http, nginx.url("/"), 7);
            assertThat(texts.stream().map(text -> text.split(" ")[1]))
                    .containsExactly("1", "2", "3", "1", "2", "3", "1");
            assertThat(texts.stream().map(text -> text.split(" ")[0]).distinct())
                    .hasSize(3);
            http.settle();
            assertThat(http.client.idle()).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void rangesAndCompressionWork(Carrier carrier) throws IOException {
        String server = "gzip on; gzip_min_length 1; gzip_types text/plain; default_type text/plain;";
        try (var nginx = Nginx.start("", server);
                var http = new HttpFixture(carrier)) {
            nginx.file("numbers.txt", "0123456789".repeat(10_000));
            FetchResponse whole = http.run(() -> await(http.client.fetch(nginx.url("/numbers.txt"))));
            assertThat(whole.bytes()).hasSize(100_000);
            assertThat(whole.headers().first("Content-Encoding")).isNull();
            assertThat(whole.headers().first("Content-Length")).isNull();
            FetchResponse part = http.run(() -> await(http.client.fetch(FetchRequest.get(nginx.url("/numbers.txt"))
                    .header("Range", "bytes=5-14")
                    .header("Accept-Encoding", "identity")
                    .build())));
            assertThat(part.status()).isEqualTo(206);
            assertThat(part.text()).isEqualTo("5678901234");
        }
    }

    @OnBothCarriers
    void aServerBehindAnotherIsReached(Carrier carrier) throws IOException {
        try (var slow = new TestServer();
                var nginx = Nginx.start("", "location / { proxy_pass " + slow.url("") + "; }");
                var http = new HttpFixture(carrier)) {
            Task<FetchResponse> waiting = http.client.fetch(nginx.url("/gate"));
            slow.awaitHanging(1);
            assertThat(texts(http, nginx.url("/hello"), 1)).containsExactly("Hello world!");
            slow.openGate();
            FetchTimings timings = HttpFixture.outcome(waiting).timings();
            assertThat(HttpFixture.outcome(waiting).text()).isEqualTo("open");
            assertThat(timings.firstByte()).isPositive();
            FetchRequest gone = FetchRequest.get(nginx.url("/hang")).build();
            Task<FetchResponse> cancelled = http.client.fetch(gone);
            slow.awaitHanging(1);
            cancelled.cancel(false);
            slow.awaitHungUp(1); // our hanging up reaches the server at the end
        }
    }

    @OnBothCarriers
    void aSlowBodyIsComplete(Carrier carrier) throws IOException {
        try (var nginx = Nginx.start("", "limit_rate 400k; limit_rate_after 1k;");
                var http = new HttpFixture(carrier)) {
            nginx.file("slow.bin", "x".repeat(200_000));
            FetchResponse response = http.run(() -> await(http.client.fetch(nginx.url("/slow.bin"))));
            assertThat(response.bytes()).hasSize(200_000);
            FetchTimings timings = response.timings();
            assertThat(timings.body()).isGreaterThan(timings.firstByte());
        }
    }

    @OnBothCarriers
    void aClientCertificateIsAskedFor(Carrier carrier) throws Exception {
        String server = certificate + trustedClient + "location / { return 200 \"$ssl_client_verify\"; }";
        TlsOptions known = tls.withKeyManagers(Certificates.keys(client));
        try (var nginx = Nginx.start("ssl", server);
                var bare = fixture(carrier, HttpVersions.HTTP_1_1);
                var http = new HttpFixture(
                        carrier, options -> options.withConnection(connection -> connection.withTls(known)))) {
            assertThat(texts(http, nginx.secureUrl("/"), 1)).containsExactly("SUCCESS");
            assertThatThrownBy(() -> texts(bare, nginx.secureUrl("/"), 1)) // nginx says so in its own way
                    .isInstanceOfSatisfying(
                            HttpStatusException.class,
                            failure -> assertThat(failure.response().status()).isEqualTo(400));
        }
    }

    @OnBothCarriers
    void allRequestsShareOneConnectionWithHttp2(Carrier carrier) throws IOException {
        String server = certificate + "location / { return 200 \"$server_protocol $connection\"; }";
        for (HttpVersions versions : List.of(HttpVersions.HTTP_2, HttpVersions.HTTP_2_ONLY)) {
            try (var nginx = Nginx.start("ssl http2", server);
                    var http = fixture(carrier, versions)) {
                List<String> texts = textsAtOnce(http, nginx.secureUrl("/"), 50);
                assertThat(texts).allMatch(text -> text.startsWith("HTTP/2.0 "));
                assertThat(texts.stream().distinct()).hasSize(1);
                http.settle();
                HttpClientStatistics statistics = http.client.statistics();
                assertThat(statistics.connections()).isEqualTo(1);
                assertThat(statistics.idle()).isEqualTo(1);
                assertThat(statistics.active()).isZero();
            }
        }
    }

    @OnBothCarriers
    void http2IsAlsoSpokenInTheClear(Carrier carrier) throws IOException {
        try (var nginx = Nginx.start("http2", "location / { return 200 \"$server_protocol $connection\"; }");
                var http = fixture(carrier, HttpVersions.HTTP_2_ONLY)) {
            List<String> texts = textsAtOnce(http, nginx.url("/"), 20);
            assertThat(texts.stream().distinct()).singleElement().asString().startsWith("HTTP/2.0 ");
        }
    }

    @OnBothCarriers
    void aServerWithoutHttp2GetsHttp1(Carrier carrier) throws IOException {
        String server = certificate + "location / { return 200 \"$server_protocol\"; }";
        try (var nginx = Nginx.start("ssl", server);
                var http = fixture(carrier, HttpVersions.HTTP_2);
                var only = fixture(carrier, HttpVersions.HTTP_2_ONLY)) {
            assertThat(textsAtOnce(http, nginx.secureUrl("/"), 20)).hasSize(20).containsOnly("HTTP/1.1");
            http.settle();
            assertThat(http.client.statistics().connections()).isBetween(1, 20);
            int before = http.client.statistics().connections();
            assertThat(texts(http, nginx.secureUrl("/"), 3)).containsOnly("HTTP/1.1");
            http.settle();
            assertThat(http.client.statistics().connections()).isEqualTo(before);
            assertThatThrownBy(() -> texts(only, nginx.secureUrl("/"), 1)).isInstanceOf(FetchException.class);
        }
    }

    @OnBothCarriers
    void aServerThatSaysGoAwayIsConnectedToAgain(Carrier carrier) throws IOException {
        String server =
                certificate + "keepalive_requests 5; location / { return 200 \"$server_protocol $connection\"; }";
        try (var nginx = Nginx.start("ssl http2", server);
                var http = fixture(carrier, HttpVersions.HTTP_2)) {
            List<String> texts = texts(http, nginx.secureUrl("/"), 12);
            assertThat(texts).allMatch(text -> text.startsWith("HTTP/2.0 "));
            assertThat(texts.stream().distinct()).hasSizeBetween(2, 4);
        }
    }

    @OnBothCarriers
    void whoLeavesASharedConnectionDoesNotDisturbTheOthers(Carrier carrier) throws IOException {
        try (var slow = new TestServer();
                var nginx = Nginx.start(
                        "ssl http2",
                        certificate + "location / { proxy_pass " + slow.url("") + "; }"
                                + "location = /connection { return 200 \"$connection\"; }");
                var http = fixture(carrier, HttpVersions.HTTP_2)) {
            String connection = texts(http, nginx.secureUrl("/connection"), 1).getFirst();
            Task<FetchResponse> stays = http.client.fetch(nginx.secureUrl("/gate"));
            slow.awaitHanging(1);
            Task<FetchResponse> leaves = http.client.fetch(nginx.secureUrl("/hang"));
            slow.awaitHanging(1);
            leaves.cancel(false);
            slow.awaitHungUp(1); // the server was told, by an end of that stream
            assertThat(stays.isDone()).isFalse();
            slow.openGate();
            assertThat(HttpFixture.outcome(stays).text()).isEqualTo("open");
            assertThat(texts(http, nginx.secureUrl("/connection"), 1)).containsExactly(connection);
            http.settle();
            assertThat(http.client.active()).isZero();
            assertThat(http.client.idle()).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void whoLeavesWhileTheSharedConnectionIsMadeDoesNotDisturbTheOthers(Carrier carrier) throws IOException {
        String server = certificate + "location / { return 200 \"$connection\"; }";
        try (var nginx = Nginx.start("ssl http2", server);
                var http = fixture(carrier, HttpVersions.HTTP_2)) {
            List<String> texts = http.run(() -> {
                List<Task<FetchResponse>> fetches = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    fetches.add(http.client.fetch(nginx.secureUrl("/")));
                }
                await(http.loop.runInExecutor(() -> http.client.active())); // they are on their way
                fetches.removeFirst().cancel(false);
                return gather(fetches).stream().map(FetchResponse::text).toList();
            });
            assertThat(texts).hasSize(9);
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void headersAndBodiesHaveLimitsWithHttp2Too(Carrier carrier) throws IOException {
        String server =
                certificate + "add_header X-Long " + "x".repeat(2_000) + "; location = /plain { return 200 hello; }";
        try (var nginx = Nginx.start("ssl http2", server);
                var http = new HttpFixture(
                        carrier,
                        options -> options.withMaxHeaderSize(1_024)
                                .withConnection(
                                        connection -> connection.withTls(tls).withVersions(HttpVersions.HTTP_2)));
                var bodies = new HttpFixture(
                        carrier,
                        options -> options.withMaxBodySize(1_000)
                                .withConnection(
                                        connection -> connection.withTls(tls).withVersions(HttpVersions.HTTP_2)))) {
            nginx.file("large.txt", "x".repeat(2_000));
            assertThatThrownBy(() -> texts(http, nginx.secureUrl("/plain"), 1))
                    .isInstanceOf(BrokenResponseException.class); // the stream is closed without a reason
            assertThat(http.client.active()).isZero();
            assertThatThrownBy(() -> texts(bodies, nginx.secureUrl("/large.txt"), 1))
                    .isInstanceOf(BodyTooLargeException.class);
            assertThat(texts(bodies, nginx.secureUrl("/plain"), 1)).containsExactly("hello");
        }
    }
}
