package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FetchRequestTest {

    private static final String URL = "http://a.example/";

    @Test
    void valuesStayOnePartOfTheUrl() {
        assertThat(FetchRequest.get("https://a.example/{symbol}/x?q={query}", "a/b?c#d é", "1&2=3 +%")
                        .build()
                        .uri())
                .hasToString("https://a.example/a%2Fb%3Fc%23d%20%C3%A9/x?q=1%262%3D3%20%2B%25");
        assertThat(FetchRequest.get("https://a.example/{a}{b}", 1, "-._~")
                        .build()
                        .uri())
                .hasToString("https://a.example/1-._~");
        assertThat(FetchRequest.get("https://a.example/{a}", "{b}").build().uri())
                .hasToString("https://a.example/%7Bb%7D");
    }

    @ParameterizedTest
    @CsvSource({
        "http://h/users/{id}/mail, ..",
        "http://h/users/{id}, .",
        "http://h/.{id}, .",
        "http://h/{id}?q=1, ..",
    })
    void aValueIsNoStepInThePath(String url, String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get(url, value))
                .withMessageContaining(url)
                .withMessageContaining("'" + (url.contains("/.{") ? ".." : value) + "'")
                .withMessageContaining("check the value");
    }

    @Test
    void dotsThatAreNoStepAreValues() {
        assertThat(FetchRequest.get("http://h/{a}/x{b}?q={c}", "...", "..", "..")
                        .build()
                        .uri())
                .hasToString("http://h/.../x..?q=..");
        assertThat(FetchRequest.get("http://h/a/../{b}", "c").build().uri()).hasToString("http://h/a/../c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length", "transfer-encoding"})
    void whereTheBodyEndsIsNotForTheCallerToSay(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get(URL).header(name, "5"))
                .withMessageContaining(name)
                .withMessageContaining("'5'")
                .withMessageContaining("leave it out");
    }

    @Test
    void asManyValuesAsVariables() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get("http://h/{a}/{b}", 1))
                .withMessageContaining("http://h/{a}/{b}")
                .withMessageContaining("give a value for {b}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get("http://h/{a}", 1, 2))
                .withMessageContaining("has 1 variables, but 2 values");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.example", "ftp://h/", "http:///x", "http://h y/", "http://h:99999/", "http://h/%zz"})
    void whatIsNoUrlIsNamed(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get(url))
                .withMessageStartingWith("URL '" + url + "' ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://me:secret@h/{", "http://me:secret@h/ ", "ftp://me:secret@h/", "http://me:secret@/"})
    void credentialsAreNotShownInErrors(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get(url))
                .satisfies(ex -> assertThat(ex).hasStackTraceContaining("URL '"))
                .satisfies(ex -> assertThat(ex.toString()).doesNotContain("secret"))
                .withNoCause();
    }

    @Test
    void aUrlIsSentInAsciiAndWithoutItsFragment() {
        assertThat(FetchRequest.get("http://h/é?ö#part").build().uri()).hasToString("http://h/%C3%A9?%C3%B6");
    }

    @ParameterizedTest
    @CsvSource({"POST", "PUT", "PATCH"})
    void someMethodsNeedABody(String method) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.of(method, URL).build())
                .withMessageContaining(method + " must have a body")
                .withMessageContaining("allowNonstandardMethods");
        assertThatNoException()
                .isThrownBy(() -> FetchRequest.of(method, URL)
                        .allowNonstandardMethods(true)
                        .build());
    }

    @ParameterizedTest
    @CsvSource({"GET", "HEAD", "DELETE", "OPTIONS"})
    void othersMustNotHaveOne(String method) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.of(method, URL).body("x").build())
                .withMessageContaining(method + " must not have a body");
        assertThatNoException()
                .isThrownBy(() -> FetchRequest.of(method, URL)
                        .body("x")
                        .allowNonstandardMethods(true)
                        .build());
    }

    @Test
    void unknownMethodsAreAskedBack() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.of("OTHER", URL).build())
                .withMessageContaining("'OTHER'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.of("GET / HTTP/1.1\r\nX: y", URL)
                        .allowNonstandardMethods(true)
                        .build())
                .withMessageContaining("Method");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r", "\n", "\r\n", "\0", "\u2028"})
    void nothingBreaksOutOfAHeader(String what) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get(URL).header("X-Name", "a" + what + "b"))
                .withMessageContaining("'X-Name'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get(URL).header("X" + what, "a"))
                .withMessageContaining("Header name");
    }

    @Test
    void bodiesAreCopied() {
        byte[] bytes = {1, 2};
        FetchRequest request = FetchRequest.post(URL).body(bytes).build();
        bytes[0] = 9;
        assertThat(request.body())
                .isInstanceOfSatisfying(
                        BytesBody.class, body -> assertThat(body.bytes()).containsExactly(1, 2));
    }

    @Test
    void credentialsOfTheUrlBecomeAHeader() {
        assertThat(FetchRequest.get("http://test:123%C2%A3@h/").build().headers())
                .containsExactly(Map.entry("Authorization", "Basic dGVzdDoxMjPCow=="));
        assertThat(FetchRequest.get("http://jose\u0301:s\u0259cr\u0259t@h/")
                        .build()
                        .headers())
                .containsExactly(Map.entry("Authorization", "Basic am9zw6k6c8mZY3LJmXQ="));
    }

    @Test
    void limitsArePositive() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get(URL).timeout(Duration.ZERO))
                .withMessageContaining("timeout must be positive, but was PT0S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get(URL).connectTimeout(Duration.ofSeconds(-1)))
                .withMessageContaining("connectTimeout");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get(URL).maxRedirects(-1))
                .withMessageContaining("maxRedirects");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://me:sec/secret@h/",
                "http://me:x?secret@h/",
                "http://me:x#secret@h/",
                "http:me:secret@h/",
                "//me:secret@h/",
                "http:\\\\me:secret@h/",
                "http:///me:secret@h/",
                "me:secret@h"
            })
    void noPartOfAPasswordIsShownWhereItsCharactersAreTakenForAPath(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchRequest.get(url))
                .withMessageContaining("***@h")
                .withMessageNotContaining("sec")
                .withNoCause();
    }
}
