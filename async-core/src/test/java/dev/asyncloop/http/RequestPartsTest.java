package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request is made of, beyond method, URL and body. */
class RequestPartsTest {

    private static final String URL = "http://a.example/";

    private static Map<String, String> headers(FetchRequest.Builder request) {
        Map<String, String> headers = new LinkedHashMap<>();
        request.build().headers().forEach(header -> headers.put(header.getKey(), header.getValue()));
        return headers;
    }

    private static String body(FetchRequest.Builder request) {
        RequestBody body = request.build().body();
        assertThat(body).isInstanceOf(FormBody.class);
        return ((FormBody) body).toString();
    }

    @Test
    void userAndPasswordAreSentInUtf8() {
        assertThat(headers(FetchRequest.get(URL).basicAuth("Aladdin", "open sesame")))
                .containsEntry("Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assertThat(headers(FetchRequest.get(URL).basicAuth("test", "123\u00a3")))
                .containsEntry("Authorization", "Basic dGVzdDoxMjPCow==");
        assertThat(headers(FetchRequest.get(URL).basicAuth("jose\u0301", "s\u0259cr\u0259t")))
                .containsEntry("Authorization", "Basic am9zw6k6c8mZY3LJmXQ=");
        assertThat(headers(FetchRequest.get(URL).basicAuth("u", "a:b")))
                .containsEntry("Authorization", "Basic dTphOmI=");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get(URL).basicAuth("a:secret", "b"))
                .withMessageContaining("a colon at index 1")
                .withMessageNotContaining("secret");
    }

    @Test
    void theUrlsCredentialsCountBeforeOthersAndAHeaderBeforeAll() {
        String withCredentials = "http://me:secret@a.example/";
        String ofUrl = headers(FetchRequest.get(withCredentials)).get("Authorization");
        assertThat(headers(FetchRequest.get(withCredentials).basicAuth("other", "x")))
                .containsEntry("Authorization", ofUrl);
        assertThat(headers(FetchRequest.get(withCredentials).bearerToken("x"))).containsEntry("Authorization", ofUrl);
        assertThat(headers(FetchRequest.get(withCredentials).header("authorization", "mine")))
                .isEqualTo(Map.of("authorization", "mine"));
    }

    @Test
    void aTokenIsSentAsItWasIssued() {
        assertThat(headers(FetchRequest.get(URL).bearerToken("abc.def-_~+/=")))
                .containsEntry("Authorization", "Bearer abc.def-_~+/=");
        for (String token : List.of("", "a b", "a\r\nX: y", "\u00e9")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> FetchRequest.get(URL).bearerToken(token))
                    .withMessageContaining("bearer token");
        }
    }

    @Test
    void errorsDoNotShowSecrets() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get(URL).header("Authorization", "secret\n"))
                .withMessageNotContaining("secret");
        assertThat(FetchRequest.get("http://me:secret@a.example/")
                        .basicAuth("u", "secret")
                        .build())
                .hasToString("GET http://a.example/");
        assertThat(HttpClientOptions.defaults()
                        .withHeader("Authorization", "secret")
                        .withHeader("X", "shown")
                        .toString())
                .doesNotContain("secret")
                .contains("X=shown");
    }

    @Test
    void anotherProtocolIsNotAskedFor() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get(URL).header("upgrade", "h2c"))
                .withMessageContaining("'h2c'")
                .withMessageContaining("WebSocket");
    }

    @Test
    void parametersAreAppendedToTheQuery() {
        assertThat(FetchRequest.get("http://a.example/s")
                        .query("q", "a b&c=d+\u00e9")
                        .query("q", 2)
                        .query("empty", "")
                        .build()
                        .uri())
                .hasToString("http://a.example/s?q=a%20b%26c%3Dd%2B%C3%A9&q=2&empty=");
        assertThat(FetchRequest.get("http://a.example?x=1")
                        .query("y", 2)
                        .build()
                        .uri())
                .hasToString("http://a.example?x=1&y=2");
        assertThat(FetchRequest.get("http://a.example/?").query("y", 2).build().uri())
                .hasToString("http://a.example/?y=2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get(URL).query("q", null))
                .withMessageContaining("query parameter 'q' is null");
    }

    @Test
    void variablesMayBeNamed() {
        Map<String, Object> values = Map.of("id", 7, "lang", "d e");
        assertThat(FetchRequest.get("http://a.example/{id}/{lang}/{id}", values)
                        .build()
                        .uri())
                .hasToString("http://a.example/7/d%20e/7");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get("http://a.example/{other}", Map.of("id", 7)))
                .withMessageContaining("the variable {other}")
                .withMessageContaining("[id]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get("http://a.example/{id}", Map.of("id", 7, "more", 1)))
                .withMessageContaining("no variable for [more]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get("http://a.example/{id}", Map.of("id", "..")))
                .withMessageContaining("a step in the path");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get("http://a.example/{id}", new Object[] {null}))
                .withMessageContaining("gets null for {id}");
    }

    @Test
    void cookiesShareOneHeader() {
        assertThat(headers(FetchRequest.get(URL)
                        .cookie("a", "1")
                        .header("Cookie", "z=0")
                        .cookie("b", "x=y")))
                .isEqualTo(Map.of("Cookie", "z=0; a=1; b=x=y"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a;b", "a,b", "\"a\"", "a\\b", "\u00e9", "a\r\nX: y"})
    void aCookieStaysOne(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get(URL).cookie("name", value))
                .withMessageContaining("Cookie 'name'")
                .withMessageNotContaining(value);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get(URL).cookie(value, "x"))
                .withMessageContaining("Cookie name");
    }

    @Test
    void theTimeOfTheLastChangeIsADateOfHttp() {
        assertThat(headers(FetchRequest.get(URL)
                        .ifModifiedSince(Instant.EPOCH)
                        .ifModifiedSince(Instant.parse("1994-11-06T08:49:37.9Z"))))
                .isEqualTo(Map.of("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"));
    }

    @Test
    void fieldsOfAFormAreEncoded() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("a", "1 &");
        fields.put("b", "\u00e9=");
        FetchRequest.Builder request = FetchRequest.post(URL).form(fields).form("a", 2);
        assertThat(body(request)).isEqualTo("a=1+%26&b=%C3%A9%3D&a=2");
        assertThat(headers(request)).isEqualTo(Map.of("Content-Type", "application/x-www-form-urlencoded"));
        assertThat(headers(request.header("content-type", "mine"))).isEqualTo(Map.of("content-type", "mine"));
        assertThat(body(FetchRequest.post(URL).form(Map.of()))).isEmpty();
        assertThat(body(FetchRequest.post(URL).form("a", 1).body("x").form("b", 2)))
                .isEqualTo("b=2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.post(URL).form("a", null))
                .withMessageContaining("form parameter 'a' is null");
    }

    @Test
    void aRequestIsTheBeginningOfAnother() {
        FetchRequest first = FetchRequest.post("http://me:secret@a.example/x")
                .header("A", "1")
                .header("B", "1")
                .cookie("c", "1")
                .body("text")
                .raiseError(false)
                .build();
        FetchRequest second = first.toBuilder()
                .setHeader("a", "2")
                .removeHeader("b")
                .query("q", 1)
                .build();
        assertThat(second).hasToString("POST http://a.example/x?q=1");
        assertThat(second.headers())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder("a", "Authorization", "Cookie");
        assertThat(second.body()).isSameAs(first.body());
        assertThat(second.raisesError()).isFalse();
        assertThat(first.headers()).extracting(Map.Entry::getKey).contains("A", "B");
    }

    @ParameterizedTest
    @CsvSource({
        "http://b\u00fccher.example/\u00fc, http://xn--bcher-kva.example/%C3%BC",
        "HTTPS://me@b\u00fccher.example:8443?x#y, HTTPS://xn--bcher-kva.example:8443?x",
        "http://\u4f8b\u3048.jp, http://xn--r8jz45g.jp",
        "http://a.example:/, http://a.example:/",
        "http://[::1]:8080/x, http://[::1]:8080/x",
        "http://[2001:db8::1], http://[2001:db8::1]",
    })
    void hostsMayBeInternationalOrLiteral(String url, String asked) {
        assertThat(FetchRequest.get(url).build().uri()).hasToString(asked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://stra\u00dfe.example/",
                "http://a\u2100b.example/",
                "http://[fe80::1%25eth0]/",
                "http://[fe80::1%eth0]/",
                "http://h:0/",
                "//a.example/x",
                "http://a.example/with space",
                "http:a.example",
                "http://a.example:port/",
                "http://a_b/"
            })
    void whatIsNoClearUrlIsRefused(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get(url))
                .withMessageStartingWith("URL '" + url + "' ");
    }

    @Test
    void theIndexIsThatOfTheUrlAsGiven() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get("/a b"))
                .withMessageContaining("URL '/a b' is not valid")
                .withMessageContaining("at index 2");
    }
}
