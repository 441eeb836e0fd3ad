package dev.asyncloop.http;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.net.AddressFilter;
import dev.asyncloop.net.AddressResolver;
import dev.asyncloop.net.HttpVersions;
import dev.asyncloop.net.ProxyOptions;
import dev.asyncloop.net.TlsOptions;
import dev.asyncloop.pages.PageSnippets;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/** The snippets of {@code docs/http-client.md}: compiled here, and the same there. */
class HttpClientPageTest {

    static String overlap(AsyncHttpClient http) {
        Task<FetchResponse> first = http.fetch("https://a.example/quotes"); // both requests are on the wire
        Task<FetchResponse> second = http.fetch("https://b.example/quotes");
        String quotes = await(first).text() + await(second).text();
        return quotes;
    }

    static AsyncHttpClient create(IOLoop loop) {
        AsyncHttpClient http = AsyncHttpClient.create(
                loop,
                HttpClientOptions.defaults().withTimeout(Duration.ofSeconds(5)).withMaxPerOrigin(20));
        return http;
    }

    static FetchResponse post(AsyncHttpClient http, int id) {
        FetchRequest request = FetchRequest.post("https://a.example/orders/{id}/notes?lang={lang}", id, "en")
                .header("Accept", "text/plain")
                .timeout(Duration.ofSeconds(2))
                .body("urgent")
                .build();
        FetchResponse response = await(http.fetch(request));
        return response;
    }

    static FetchRequest search(String folder, String words, String token, String session, Instant lastSeen) {
        FetchRequest search = FetchRequest.get("https://a.example/{folder}/search", Map.of("folder", folder))
                .query("q", words) // ?q=a%20b, percent-encoded in UTF-8; the same name may come again
                .query("max", 10)
                .bearerToken(token)
                .cookie("session", session)
                .ifModifiedSince(lastSeen) // a 304 is an error unless raiseError(false)
                .build();
        return search;
    }

    static List<FetchRequest> upload(String title, Path photo, byte[] thumbnail) {
        FetchRequest upload = FetchRequest.post("https://a.example/photos")
                .multipart(Multipart.builder()
                        .field("title", title)
                        .file("photo", photo) // a Path: read while it is sent, by the loop's executor
                        .file("thumbnail", "small.png", thumbnail) // bytes
                        .build())
                .build();
        FetchRequest again = upload.toBuilder().setHeader("X-Attempt", "2").build();
        return List.of(upload, again);
    }

    static Task<FetchResponse> based(IOLoop loop, String token, String symbol) {
        AsyncHttpClient quotes = AsyncHttpClient.create(
                loop,
                HttpClientOptions.defaults()
                        .withBaseUrl("https://a.example/api")
                        .withHeader("Authorization", "Bearer " + token)
                        .withHeader("Accept", "application/json"));
        Task<FetchResponse> quote =
                quotes.fetch(FetchRequest.get("/quotes/{symbol}", symbol).build()); // https://a.example/api/quotes/...
        return quote;
    }

    static FetchRequest patient() {
        FetchRequest patient = FetchRequest.get("https://a.example/quotes")
                .retry(RetryPolicy.defaults() // 3 attempts, delays of about 100 and 200 ms
                        .withMaxAttempts(5)
                        .withDelay(Duration.ofMillis(200), Duration.ofSeconds(2))
                        .withAttemptTimeout(Duration.ofSeconds(3)))
                .build();
        return patient;
    }

    static AddressFilter filter() {
        AddressFilter publicOnly = address -> !(address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()
                || address instanceof Inet6Address && (address.getAddress()[0] & 0xfe) == 0xfc); // fc00::/7
        return publicOnly;
    }

    static HttpClientOptions secured(TrustManagerFactory ownAuthority, KeyManagerFactory ownCertificate) {
        HttpClientOptions options = HttpClientOptions.defaults()
                .withConnection(connection -> connection
                        .withTls(TlsOptions.defaults()
                                .withTrustManagers(ownAuthority)
                                .withKeyManagers(ownCertificate))
                        .withVersions(HttpVersions.HTTP_2)
                        .withProxy(ProxyOptions.http("proxy.example", 3128)
                                .withCredentials("user", "password")
                                .withNoProxy("localhost", ".intern.example")));
        return options;
    }

    private interface Registry {

        CompletionStage<InetAddress> lookUp(String host);
    }

    static HttpClientOptions resolved(Registry registry) {
        AddressResolver resolver = host -> registry.lookUp(host).thenApply(List::of);
        HttpClientOptions options = HttpClientOptions.defaults()
                .withConnection(connection -> connection
                        .withHosts(Map.of("a.example", InetAddress.ofLiteral("192.0.2.1")))
                        .withResolver(resolver));
        return options;
    }

    static String orElse(AsyncHttpClient http, String url) {
        try {
            return await(http.fetch(url)).text();
        } catch (FetchTimeoutException ex) {
            return "too slow: " + ex.phase();
        } catch (HttpStatusException ex) {
            return "status " + ex.response().status();
        }
    }

    @Test
    void thePageShowsWhatIsCompiledHere() {
        PageSnippets.assertShown("docs/http-client.md", 16, HttpClientPageTest.class, HttpStreamsPageTest.class);
    }

    @Test
    void theRequestsAreWhatThePageSays() {
        assertThat(search("x", "a b", "t", "s", Instant.EPOCH).uri())
                .hasToString("https://a.example/x/search?q=a%20b&max=10");
        assertThat(upload("t", Path.of("photo.jpg"), new byte[1]))
                .extracting(request -> request.headers().size())
                .containsExactly(1, 2);
        RetryPolicy retry = patient().retry(HttpClientOptions.defaults());
        assertThat(retry).isNotNull();
        assertThat(retry.maxAttempts()).isEqualTo(5);
    }

    @OnBothCarriers
    void theErrorsAreCaught(Carrier carrier) {
        try (var server = new TestServer();
                var http = new HttpFixture(carrier)) {
            assertThat(http.run(() -> orElse(http.client, server.url("/hello"))))
                    .isEqualTo("Hello world!");
            assertThat(http.run(() -> orElse(http.client, server.url("/status/404"))))
                    .isEqualTo("status 404");
        }
    }

    @Test
    void theFilterAllowsPublicAddressesOnly() throws IOException {
        AddressFilter filter = filter();
        for (String address : List.of(
                "127.0.0.1",
                "0.0.0.0",
                "10.1.2.3",
                "192.168.1.1",
                "169.254.169.254",
                "::1",
                "fe80::1",
                "fd00::1",
                "224.0.0.1")) {
            assertThat(filter.allows(InetAddress.getByName(address)))
                    .as(address)
                    .isFalse();
        }
        for (String address : List.of("192.0.2.1", "2001:db8::1")) {
            assertThat(filter.allows(InetAddress.getByName(address)))
                    .as(address)
                    .isTrue();
        }
    }
}
