package dev.asyncloop.spring.porting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebSession;

/** Headers, statuses, validators, cookies, compression. */
@ExtendWith(SharedApplication.class)
class HeaderCasesTest {

    private final TestApplication application;

    HeaderCasesTest(TestApplication application) {
        this.application = application;
    }

    private ResponseEntity<String> get(String path, String header, String value) {
        return application.exchange(application.client().get().uri(path).header(header, value));
    }

    @Test
    void aHeaderIsSetAddedAndTakenAway() {
        HttpHeaders headers = application.get("/headers").getHeaders();
        assertThat(headers.get("X-Set")).containsExactly("second");
        assertThat(headers.get("X-Added")).containsExactly("1", "2");
        assertThat(headers.containsHeader("X-Removed")).isFalse();
        assertThat(headers.containsHeader(HttpHeaders.SERVER)).isFalse();
    }

    @Test
    void aLineBreakInAHeaderIsRefused() {
        ResponseEntity<String> answer = application.get("/unsafe");
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
        assertThat(answer.getHeaders().containsHeader("X-Unsafe")).isFalse();
        assertThat(answer.getHeaders().containsHeader("X-Injected")).isFalse();
    }

    @Test
    void anAnswerWithoutABodyHasNone() {
        ResponseEntity<String> answer = application.get("/nocontent");
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.NO_CONTENT);
        assertThat(answer.getBody()).isNull();
    }

    @Test
    void anEtagIsOnesOwnAndIsComparedAsItShould() {
        ResponseEntity<String> first = application.get("/etag");
        assertThat(first.getHeaders().getETag()).isEqualTo("\"v1\"");
        for (String value : new String[] {"\"v1\"", "W/\"v1\"", "\"v0\", \"v1\""}) {
            ResponseEntity<String> again = get("/etag", HttpHeaders.IF_NONE_MATCH, value);
            assertThat(again.getStatusCode()).as(value).isEqualTo(HttpStatus.NOT_MODIFIED);
            assertThat(again.getBody()).isNull();
        }
        assertThat(get("/etag", HttpHeaders.IF_NONE_MATCH, "\"v2\"").getStatusCode())
                .isEqualTo(HttpStatus.OK);
        assertThat(application.get("/headers").getHeaders().getETag())
                .as("not made from the body")
                .isNull();
    }

    @Test
    void anEtagCountsBeforeATime() {
        assertThat(get("/modified", HttpHeaders.IF_MODIFIED_SINCE, "Thu, 01 Jan 2026 00:00:00 GMT")
                        .getStatusCode())
                .isEqualTo(HttpStatus.NOT_MODIFIED);
        assertThat(application
                        .exchange(application
                                .client()
                                .get()
                                .uri("/modified")
                                .header(HttpHeaders.IF_MODIFIED_SINCE, "Thu, 01 Jan 2026 00:00:00 GMT")
                                .header(HttpHeaders.IF_NONE_MATCH, "\"other\""))
                        .getStatusCode())
                .isEqualTo(HttpStatus.OK);
    }

    @Test
    void cookiesComeInAndGoOutWithTheirAttributes() {
        assertThat(get("/cookies", HttpHeaders.COOKIE, "crumb=7; other=\"quoted\"")
                        .getBody())
                .isEqualTo("7");
        assertThat(application.get("/cookies").getBody()).isEqualTo("none");
        assertThat(application.get("/cookies").getHeaders().get(HttpHeaders.SET_COOKIE))
                .anySatisfy(cookie -> assertThat(cookie)
                        .startsWith("crumb=8; ")
                        .contains("Path=/cookies", "Max-Age=3600", "Secure", "SameSite=Strict", "Domain=a.example")
                        .containsIgnoringCase("HttpOnly"))
                .anySatisfy(cookie -> assertThat(cookie).startsWith("gone=; ").contains("Max-Age=0"));
    }

    @Test
    void whatWouldBreakOutOfACookieIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ResponseCookie.from("a;b", "1").build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ResponseCookie.from("a", "1\r\n2").build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ResponseCookie.from("a", "1;2").build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ResponseCookie.from("a", "1").path("/;x").build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ResponseCookie.from("a", "1").domain("a;b").build());
    }

    @Test
    void aSessionKeepsWhatTheClientMustNotChange() {
        ResponseEntity<String> first = application.get("/session");
        assertThat(first.getBody()).isEqualTo("1");
        String cookie = String.valueOf(first.getHeaders().getFirst(HttpHeaders.SET_COOKIE));
        assertThat(cookie).startsWith("SESSION=").containsIgnoringCase("HttpOnly");
        String id = cookie.substring(0, cookie.indexOf(';'));
        assertThat(get("/session", HttpHeaders.COOKIE, id).getBody()).isEqualTo("2");
        assertThat(get("/session", HttpHeaders.COOKIE, id + "x").getBody())
                .as("a forged one is another session")
                .isEqualTo("1");
    }

    @Test
    void textIsCompressedForWhoAcceptsIt() throws Exception {
        Wire.Answer answer = Wire.exchange(
                application.port(),
                "GET /long HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n");
        assertThat(answer.header("Content-Encoding")).isEqualTo("gzip");
        assertThat(answer.header("Vary")).as("Reactor Netty sets none").isNull();
        byte[] body = answer.body().getBytes(StandardCharsets.ISO_8859_1);
        assertThat(body.length).isLessThan(500);
        assertThat(new String(
                        new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("long ".repeat(1000));
        assertThat(Wire.exchange(application.port(), "GET /long HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                        .header("Content-Encoding"))
                .isNull();
    }

    @Test
    void shortTextAndImagesAreNotCompressed() throws Exception {
        for (String path : new String[] {"/headers", "/image"}) {
            assertThat(Wire.exchange(
                                    application.port(),
                                    "GET " + path
                                            + " HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n")
                            .header("Content-Encoding"))
                    .as(path)
                    .isNull();
        }
    }

    @RestController
    @Coroutine
    static class Handlers {

        @GetMapping("/headers")
        String headers(ServerHttpResponse response) {
            HttpHeaders headers = response.getHeaders();
            headers.set("X-Set", "first");
            headers.set("X-Set", "second");
            headers.add("X-Added", "1");
            headers.add("X-Added", "2");
            headers.set("X-Removed", "1");
            headers.remove("X-Removed");
            return "headers";
        }

        @GetMapping("/unsafe")
        ResponseEntity<String> unsafe() {
            return ResponseEntity.ok().header("X-Unsafe", "a\r\nX-Injected: b").body("unsafe");
        }

        @GetMapping("/nocontent")
        ResponseEntity<Void> noContent() {
            return ResponseEntity.noContent().build();
        }

        @GetMapping("/etag")
        ResponseEntity<String> etag() {
            return ResponseEntity.ok().eTag("v1").body("the first version");
        }

        @GetMapping("/modified")
        @Nullable
        String modified(ServerWebExchange exchange) {
            return exchange.checkNotModified("\"v1\"", Instant.parse("2026-01-01T00:00:00Z")) ? null : "modified";
        }

        @GetMapping("/cookies")
        String cookies(@CookieValue(defaultValue = "none") String crumb, ServerHttpResponse response) {
            response.addCookie(ResponseCookie.from("crumb", "8")
                    .path("/cookies")
                    .domain("a.example")
                    .maxAge(Duration.ofHours(1))
                    .secure(true)
                    .httpOnly(true)
                    .sameSite("Strict")
                    .build());
            response.addCookie(ResponseCookie.from("gone").maxAge(0).build());
            return crumb;
        }

        @GetMapping("/session")
        String session(WebSession session) {
            int visits = session.<Integer>getAttributeOrDefault("visits", 0) + 1;
            session.getAttributes().put("visits", visits);
            return String.valueOf(visits);
        }

        @GetMapping(path = "/long", produces = "text/plain")
        String longText() {
            return "long ".repeat(1000);
        }

        @GetMapping(path = "/image", produces = MediaType.IMAGE_PNG_VALUE)
        byte[] image() {
            return new byte[5000];
        }
    }
}
