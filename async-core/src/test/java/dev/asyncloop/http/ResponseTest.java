package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What a response tells. */
class ResponseTest {

    /** Knows numbers only. */
    private static final BodyCodec NUMBERS = new BodyCodec() {

        @Override
        public byte[] encode(Object value) {
            return value.toString().getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public Object decode(byte[] body, Type type) {
            return Integer.valueOf(new String(body, StandardCharsets.UTF_8));
        }
    };

    private static FetchResponse fetch(HttpFixture http, WireServer server) {
        return HttpFixture.outcome(http.client.fetch(server.url("/x")));
    }

    @OnBothCarriers
    void headersHaveTypes(Carrier carrier) throws IOException {
        try (var server = WireServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/csv\r\n"
                        + "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nDate: Sunday, 06-Nov-94 08:49:37 GMT\r\n"
                        + "Expires: 0\r\n\r\nok");
                var http = new HttpFixture(carrier)) {
            Headers headers = fetch(http, server).headers();
            assertThat(headers.contentType()).isEqualTo("text/csv");
            assertThat(headers.contentLength()).isEqualTo(2);
            assertThat(headers.date("Last-Modified")).isEqualTo(Instant.parse("1994-11-06T08:49:37Z"));
            assertThat(headers.date("Date")).isEqualTo(Instant.parse("1994-11-06T08:49:37Z"));
            assertThat(headers.date("Expires")).isNull();
            assertThat(headers.date("Missing")).isNull();
        }
        try (var server = new RawAnswer("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok").server();
                var http = new HttpFixture(carrier)) {
            Headers headers = fetch(http, server).headers();
            assertThat(headers.contentType()).isNull();
            assertThat(headers.contentLength()).isEqualTo(-1);
        }
    }

    /** Answers once and hangs up. */
    private record RawAnswer(String answer) {

        WireServer server() throws IOException {
            return new WireServer(peer -> {
                peer.readHead();
                peer.write(answer);
            });
        }
    }

    @OnBothCarriers
    void cookiesAreRead(Carrier carrier) throws IOException {
        try (var server = WireServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
                        + "Set-Cookie: id=\"a b\"; Path=/x; Domain=a.example; Max-Age=60; Secure; HttpOnly; SameSite=Lax\r\n"
                        + "Set-Cookie: plain=1\r\nSet-Cookie: ;\r\nSet-Cookie: gone=; Max-Age=0\r\n\r\nok");
                var http = new HttpFixture(carrier)) {
            assertThat(fetch(http, server).cookies())
                    .containsExactly(
                            new ResponseCookie(
                                    "id", "a b", "a.example", "/x", Duration.ofMinutes(1), true, true, "Lax"),
                            new ResponseCookie("plain", "1", null, null, null, false, false, null),
                            new ResponseCookie("gone", "", null, null, Duration.ZERO, false, false, null));
        }
    }

    @OnBothCarriers
    void aBodyOfAnotherTypeIsShown(Carrier carrier) throws IOException {
        String page = "<html>\r\n" + "x".repeat(500);
        try (var server = WireServer.answering("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: "
                        + page.length() + "\r\n\r\n" + page);
                var http = new HttpFixture(carrier, options -> options.withCodec(NUMBERS))) {
            FetchResponse response = fetch(http, server);
            assertThatThrownBy(() -> response.body(Integer.class))
                    .isInstanceOfSatisfying(UnreadableBodyException.class, failure -> {
                        assertThat(failure.type()).isEqualTo(Integer.class);
                        assertThat(failure.response()).isSameAs(response);
                        assertThat(failure.uri()).hasToString(server.url("/x"));
                        assertThat(failure.phase()).isEqualTo(FetchPhase.RESPONSE);
                    })
                    .hasCauseInstanceOf(NumberFormatException.class)
                    .hasMessageStartingWith("GET " + server.url("/x"))
                    .hasMessageContaining("status 200, text/html, 508 bytes")
                    .hasMessageContaining("java.lang.Integer: '<html>  xxx")
                    .hasMessageContaining("xxx...'")
                    .satisfies(failure -> assertThat(failure.getMessage()).hasSizeLessThan(600));
            assertThatThrownBy(() -> response.body(new TypeRef<List<Integer>>() {}))
                    .isInstanceOf(UnreadableBodyException.class)
                    .hasMessageContaining("java.util.List<java.lang.Integer>");
        }
        try (var server = WireServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n42");
                var http = new HttpFixture(carrier, options -> options.withCodec(NUMBERS))) {
            FetchResponse response = fetch(http, server);
            assertThat(response.body(Integer.class)).isEqualTo(42);
            assertThatThrownBy(() -> response.body(String.class))
                    .isInstanceOf(UnreadableBodyException.class)
                    .hasCauseInstanceOf(ClassCastException.class);
        }
    }

    @OnBothCarriers
    void theRedirectsOnTheWayAreKept(Carrier carrier) {
        try (var server = new TestServer();
                var http = new HttpFixture(carrier)) {
            FetchResponse response = HttpFixture.outcome(http.client.fetch(server.url("/countdown/2")));
            assertThat(response.redirects())
                    .extracting(Redirect::uri)
                    .extracting(Object::toString)
                    .containsExactly(server.url("/countdown/2"), server.url("/countdown/1"));
            assertThat(response.redirects()).extracting(Redirect::status).containsOnly(302);
            assertThat(response.redirects().getFirst().headers().first("Location"))
                    .isEqualTo("/countdown/1");
            assertThat(HttpFixture.outcome(http.client.fetch(server.url("/hello")))
                            .redirects())
                    .isEmpty();
            assertThatThrownBy(() -> HttpFixture.outcome(http.client.fetch(FetchRequest.get(server.url("/countdown/3"))
                            .maxRedirects(1)
                            .build())))
                    .isInstanceOfSatisfying(
                            HttpStatusException.class,
                            failure ->
                                    assertThat(failure.response().redirects()).hasSize(1));
        }
    }
}
