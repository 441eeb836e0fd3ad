package dev.asyncloop.http;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.testing.ManualClock;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectTest {

    private TestServer server;

    private TestServer other;

    @BeforeEach
    void startServers() {
        server = new TestServer();
        other = new TestServer();
    }

    @AfterEach
    void stopServers() {
        server.close();
        other.close();
    }

    @OnBothCarriers
    void areFollowedOnOneConnection(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            FetchResponse response = http.run(() -> await(http.client.fetch(server.url("/countdown/4"))));
            assertThat(response.text()).isEqualTo("Zero");
            assertThat(response.effectiveUri()).hasToString(server.url("/countdown/0"));
            assertThat(response.request().uri()).hasToString(server.url("/countdown/4"));
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void areFollowedWithOneSlotToAnotherOriginToo(Carrier carrier) {
        try (var http = new HttpFixture(
                carrier, options -> options.withMaxTotal(1).withMaxPerOrigin(1).withMaxQueued(0))) {
            String url = server.url("/countdown/2?to=" + other.url("/countdown/3"));
            assertThat(http.run(() -> await(http.client.fetch(url))).effectiveUri())
                    .hasToString(other.url("/countdown/0"));
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void areNotFollowedIfNotWanted(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            FetchResponse response = http.run(() -> await(http.client.fetch(FetchRequest.get(server.url("/countdown/2"))
                    .followRedirects(false)
                    .raiseError(false)
                    .build())));
            assertThat(response.status()).isEqualTo(302);
            assertThat(response.headers().first("Location")).isEqualTo("/countdown/1");
        }
    }

    @OnBothCarriers
    void beyondTheLimitTheRedirectIsTheResponse(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            assertThatThrownBy(() -> http.run(() -> await(http.client.fetch(FetchRequest.get(server.url("/countdown/5"))
                            .maxRedirects(3)
                            .build()))))
                    .isInstanceOfSatisfying(HttpStatusException.class, failure -> {
                        FetchResponse response = failure.response();
                        assertThat(response.status()).isEqualTo(302);
                        assertThat(response.request().uri()).hasToString(server.url("/countdown/5"));
                        assertThat(response.effectiveUri()).hasToString(server.url("/countdown/2"));
                        assertThat(response.headers().first("Location")).isEqualTo("/countdown/1");
                    })
                    .hasMessageContaining("after 3 redirects, the limit");
            assertThatThrownBy(() -> http.run(() -> await(http.client.fetch(server.url("/countdown/6")))))
                    .hasMessageContaining("after 5 redirects");
        }
    }

    @OnBothCarriers
    void aRedirectWithoutLocationIsTheResponse(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            assertThatThrownBy(() -> http.run(() -> await(http.client.fetch(server.url("/status/301")))))
                    .isInstanceOf(HttpStatusException.class)
                    .hasMessageContaining("the status is 301");
        }
    }

    @OnBothCarriers
    void credentialsDoNotGoToAnotherOrigin(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            for (String target : new String[] {"/echo", other.url("/echo")}) {
                http.run(() -> await(http.client.fetch(FetchRequest.get(server.url("/countdown/1?to=" + target))
                        .header("Authorization", "Bearer x")
                        .header("Cookie", "a=b")
                        .header("X-Kept", "yes")
                        .build())));
            }
            assertThat(server.last().header("Authorization")).isEqualTo("Bearer x");
            TestServer.Seen same = server.seen.get(1);
            assertThat(same.uri()).isEqualTo("/echo");
            assertThat(same.header("Authorization")).isEqualTo("Bearer x");
            assertThat(same.header("Cookie")).isEqualTo("a=b");
            TestServer.Seen foreign = other.last();
            assertThat(foreign.header("Authorization")).isNull();
            assertThat(foreign.header("Cookie")).isNull();
            assertThat(foreign.header("X-Kept")).isEqualTo("yes");
            assertThat(foreign.header("Host")).isEqualTo("127.0.0.1:" + other.port());
            String withCredentials =
                    "http://me:secret@127.0.0.1:" + server.port() + "/countdown/1?to=" + other.url("/echo");
            http.run(() -> await(http.client.fetch(withCredentials)));
            assertThat(server.last().header("Authorization")).isNotNull();
            assertThat(other.last().header("Authorization")).isNull();
        }
    }

    @OnBothCarriers
    void credentialsInTheLocationAreUsedAndNotShown(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            String target = "http://me:secret@127.0.0.1:" + other.port() + "/echo";
            FetchResponse response = http.run(() -> await(http.client.fetch(server.url("/countdown/1?to=" + target))));
            assertThat(other.last().header("Authorization")).startsWith("Basic ");
            assertThat(response.effectiveUri()).hasToString(other.url("/echo"));
        }
    }

    @OnBothCarriers
    void methodAndBodyAreKeptOrNotAsTheStatusSays(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            fetchWithBody(http, "POST", "/found/1");
            fetchWithBody(http, "PUT", "/found/1");
            fetchWithBody(http, "PUT", "/see-other/1");
            fetchWithBody(http, "POST", "/temporary/1");
            assertThat(server.methods()).isEqualTo("POST GET PUT PUT PUT GET POST POST");
            assertThat(server.seen.get(1).body()).isEmpty();
            assertThat(server.seen.get(1).header("Content-Type")).isNull();
            assertThat(server.seen.get(1).header("Content-Length")).isNull();
            assertThat(server.last().body()).isEqualTo("content");
            assertThat(server.last().header("Content-Type")).isEqualTo("text/plain");
        }
    }

    /** Tornado's table: which method comes after which status, and whether with the body. */
    @ParameterizedTest
    @CsvSource({
        "301, POST, true",
        "302, POST, true",
        "303, POST, true",
        "307, POST, false",
        "308, POST, false",
        "301, PUT, false",
        "302, PUT, false",
        "303, PUT, true",
        "307, PUT, false",
        "308, PUT, false",
        "301, DELETE, false",
        "302, PATCH, false",
        "303, DELETE, true",
        "308, DELETE, false",
        "301, HEAD, false",
        "302, HEAD, false",
        "303, HEAD, false",
        "307, HEAD, false",
        "301, GET, false",
        "308, GET, false"
    })
    void theStatusDecidesAboutTheMethod(int status, String method, boolean toGet) {
        assertThat(Redirects.becomesGet(status, method)).isEqualTo(toGet);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 300, 304, 305, 306, 309, 404})
    void otherStatusesAreNoRedirects(int status) {
        Headers headers = new Headers(new DefaultHttpHeaders().add("Location", "/x"));
        assertThat(Redirects.target(URI.create("http://h/"), status, headers)).isNull();
    }

    @OnBothCarriers
    void aLocationThatCannotBeUsedIsTheResponse(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            for (String target : new String[] {"ftp://h/", "http://[bad/", "mailto:me", "javascript:alert(1)"}) {
                assertThatThrownBy(
                                () -> http.run(() -> await(http.client.fetch(server.url("/countdown/1?to=" + target)))))
                        .isInstanceOfSatisfying(
                                HttpStatusException.class,
                                failure -> assertThat(
                                                failure.response().headers().first("Location"))
                                        .isEqualTo(target));
            }
        }
    }

    @OnBothCarriers
    void oneLimitIsForAllHops(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (var http = new HttpFixture(carrier, clock, options -> options)) {
            Task<FetchResponse> fetch = http.client.fetch(server.url("/countdown/1?to=" + other.url("/hang")));
            other.awaitHanging(1);
            clock.advance(Duration.ofSeconds(20));
            assertThatThrownBy(() -> HttpFixture.outcome(fetch))
                    .isInstanceOf(FetchTimeoutException.class)
                    .hasMessageContaining(other.url("/hang"));
        }
    }

    private void fetchWithBody(HttpFixture http, String method, String path) {
        http.run(() -> await(http.client.fetch(FetchRequest.of(method, server.url(path))
                .header("Content-Type", "text/plain")
                .body("content")
                .build())));
    }

    @ParameterizedTest
    @CsvSource({
        "http://h/a/b?x=1, c, http://h/a/c",
        "http://h/a/b?x=1, ?y=2, http://h/a/b?y=2",
        "http://h/a/b, /c?d, http://h/c?d",
        "http://h/a/b, //i/c, http://i/c",
        "http://h, c, http://h/c",
        "http://h?x, /c, http://h/c",
        "https://h/a, http://i:8080/, http://i:8080/",
        "http://h/a, /b#part, http://h/b",
        "http://h/a, /with space, http://h/with%20space",
        "http://h/a, /Ã©, http://h/%C3%A9",
        "http://h/a, '/%7Ea/{b}', http://h/%7Ea/%7Bb%7D",
        "http://h/web/2020/https://e.x/a, b, http://h/web/2020/https://e.x/b",
        "http://h/a, ../c, http://h/c",
        "http://h/a/b, '', http://h/a/b",
        "http://h/a, /x/../y, http://h/y",
        "http://h/a, http:b, ",
        "http://h/a, ftp://i/, ",
        "http://h/a, http://[bad/, ",
        "http://h/a, mailto:me, ",
    })
    void aLocationIsResolved(String from, String location, String target) {
        Headers headers = new Headers(new DefaultHttpHeaders().add("Location", location));
        URI expected = target == null ? null : URI.create(target);
        assertThat(Redirects.target(URI.create(from), 302, headers)).isEqualTo(expected);
    }
}
