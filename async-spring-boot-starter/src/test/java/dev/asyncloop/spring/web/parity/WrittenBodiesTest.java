package dev.asyncloop.spring.web.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonView;
import dev.asyncloop.Async;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.error.ErrorAttributeOptions;
import org.springframework.boot.webflux.error.DefaultErrorAttributes;
import org.springframework.boot.webflux.error.ErrorAttributes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.codec.CodecException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * What handlers return is written for all clients as an ordinary handler's, for the first of a kind and for those for whom it
 * is known how.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WrittenBodiesTest {

    private static final List<String> ACCEPTED = List.of(
            "",
            "*/*",
            "application/json",
            "text/plain",
            "text/html,application/xhtml+xml,*/*;q=0.8",
            "text/*;q=0.5, application/json;q=0.4",
            "application/json;charset=utf-16",
            "text/plain;charset=iso-8859-1",
            "application/*+json",
            "application/octet-stream",
            "application/xml",
            "application/*",
            "no type");

    private TestApplication application;

    @BeforeAll
    void start() {
        application = TestApplication.start(Application.class);
    }

    @AfterAll
    void end() {
        application.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/record",
                "/object",
                "/objects",
                "/list",
                "/map",
                "/string",
                "/html",
                "/either",
                "/text",
                "/bytes",
                "/empty",
                "/null",
                "/number",
                "/optional",
                "/seen",
                "/generic",
                "/given",
                "/forbidden",
                "/no-content",
                "/problem",
                "/problems",
                "/provided",
                "/broken",
                "/entity",
                "/entity/headers",
                "/entity/created",
                "/entity/missing",
                "/entity/typed",
                "/entity/object",
                "/entity/null",
                "/entity/etag",
                "/entity/modified",
                "/entity/string",
                "/entity/seen",
                "/entity/broken",
                "/entity/checked"
            })
    void toAllClients(String path) throws IOException {
        SoftAssertions all = new SoftAssertions();
        for (String accepted : ACCEPTED) {
            Request request = Request.get(0, path, accepted.isEmpty() ? "X-Own: 1" : "Accept: " + accepted);
            compare(all, request);
            compare(all, request); // and once more when it is known
        }
        compare(all, Request.get(0, path, "If-None-Match: *"));
        compare(all, Request.get(0, path, "If-None-Match: \"v1\""));
        compare(all, Request.get(0, path, "If-Match: \"v2\""));
        compare(all, Request.get(0, path, "If-Modified-Since: Fri, 02 Jan 2026 00:00:00 GMT"));
        compare(all, Request.get(0, path, "If-Unmodified-Since: Fri, 02 Jan 2015 00:00:00 GMT"));
        compare(all, Request.of(0, "HEAD", path));
        all.assertAll();
    }

    private void compare(SoftAssertions all, Request request) throws IOException {
        Answer ordinary = request.send(application.port(), "react");
        all.assertThat(request.send(application.port(), "await"))
                .as(request.toString())
                .isEqualTo(ordinary);
    }

    @Test
    void aHandlerMayAlternate() throws IOException {
        SoftAssertions all = new SoftAssertions();
        for (int i = 0; i < 12; i++) {
            compare(all, Request.get(0, "/changing"));
        }
        all.assertAll();
    }

    @Test
    void oneOfTheTwoIsACoroutine() throws IOException {
        assertThat(Request.get(200, "/where").send(application.port(), "react").body())
                .isEqualTo("false");
        assertThat(Request.get(200, "/where").send(application.port(), "await").body())
                .isEqualTo("true");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Coroutines.class, Ordinary.class})
    static class Application {

        /** Without what differs from one request to the next. */
        @Bean
        ErrorAttributes errorAttributes() {
            return new DefaultErrorAttributes() {
                @Override
                public Map<String, Object> getErrorAttributes(ServerRequest request, ErrorAttributeOptions options) {
                    Map<String, Object> attributes = super.getErrorAttributes(request, options);
                    attributes.keySet().removeAll(List.of("timestamp", "requestId"));
                    return attributes;
                }
            };
        }
    }

    interface Short {}

    interface Long extends Short {}

    record Seen(
            @JsonView(Short.class) String few,
            @JsonView(Long.class) String many) {}

    record Pair<T>(T first, T second) {}

    record Named(String name, Instant since) {
        static Named ada() {
            return new Named("Ada L\u00f6velace", Instant.EPOCH);
        }
    }

    record Broken() {
        public String value() {
            return "before";
        }

        public String getFailing() {
            throw new IllegalStateException("this one");
        }
    }

    @Coroutine
    @RestController
    @RequestMapping("/await")
    static class Coroutines extends Handlers {}

    @RestController
    @RequestMapping("/react")
    static class Ordinary extends Handlers {}

    abstract static class Handlers {

        private final AtomicInteger calls = new AtomicInteger();

        @GetMapping("/where")
        String where() {
            return String.valueOf(Async.inCoroutine());
        }

        @GetMapping("/record")
        Named record() {
            return Named.ada();
        }

        @GetMapping("/object")
        Object object() {
            return Named.ada();
        }

        @GetMapping("/objects")
        List<Object> objects() {
            return List.of(Named.ada(), "b", 3);
        }

        @GetMapping("/list")
        List<Named> list() {
            return List.of(Named.ada(), Named.ada());
        }

        @GetMapping("/map")
        Map<String, List<Named>> map() {
            return Map.of("a", List.of(Named.ada()));
        }

        @GetMapping("/string")
        String string() {
            return "gr\u00fcn";
        }

        @GetMapping(path = "/html", produces = MediaType.TEXT_HTML_VALUE)
        String html() {
            return "<p>gr\u00fcn</p>";
        }

        @GetMapping(
                path = "/either",
                produces = {"application/json", "text/plain"})
        String either() {
            return "\"gr\u00fcn\"";
        }

        @GetMapping("/text")
        StringBuilder text() {
            return new StringBuilder("built");
        }

        @GetMapping("/bytes")
        byte[] bytes() {
            return "bytes".getBytes(StandardCharsets.US_ASCII);
        }

        @GetMapping("/empty")
        String empty() {
            return "";
        }

        @GetMapping("/null")
        @Nullable
        Named none() {
            return null;
        }

        @GetMapping("/number")
        int number() {
            return 42;
        }

        @GetMapping("/optional")
        Optional<Named> optional() {
            return Optional.of(Named.ada());
        }

        @GetMapping("/seen")
        @JsonView(Short.class)
        Seen seen() {
            return new Seen("few", "many");
        }

        @GetMapping("/generic")
        Pair<Named> generic() {
            return new Pair<>(Named.ada(), Named.ada());
        }

        @GetMapping("/given")
        Named given(ServerHttpResponse response) {
            response.getHeaders().setContentType(MediaType.valueOf("application/vnd.own+json"));
            return Named.ada();
        }

        @GetMapping("/forbidden")
        Named forbidden(ServerHttpResponse response) {
            response.setStatusCode(HttpStatus.FORBIDDEN);
            return Named.ada();
        }

        @GetMapping("/no-content")
        @ResponseStatus(HttpStatus.NO_CONTENT)
        String noContent() {
            return "dropped";
        }

        @GetMapping("/problem")
        ProblemDetail problem() {
            return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, "taken");
        }

        @GetMapping("/problems")
        Object problems() {
            return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, "taken");
        }

        @GetMapping("/provided")
        Named provided(ServerWebExchange exchange) {
            exchange.getResponse().getHeaders().set("X-Own", "own");
            exchange.getResponse().setStatusCode(HttpStatus.ACCEPTED);
            return Named.ada();
        }

        @GetMapping("/broken")
        Broken broken() {
            return new Broken();
        }

        @GetMapping("/changing")
        Object changing() {
            return switch (calls.getAndIncrement() % 4) {
                case 0 -> Named.ada();
                case 1 -> "text";
                case 2 -> List.of(1, 2);
                default -> 5;
            };
        }

        @GetMapping("/entity")
        ResponseEntity<Named> entity() {
            return ResponseEntity.ok(Named.ada());
        }

        @GetMapping("/entity/headers")
        ResponseEntity<Named> headers(ServerHttpResponse response) {
            response.getHeaders().add("X-Own", "replaced");
            return ResponseEntity.ok().header("X-Own", "one", "two").body(Named.ada());
        }

        @GetMapping("/entity/created")
        ResponseEntity<Named> created() {
            return ResponseEntity.created(URI.create("/there")).body(Named.ada());
        }

        @GetMapping("/entity/missing")
        ResponseEntity<String> missing() {
            return ResponseEntity.status(404).body("missing");
        }

        @GetMapping("/entity/typed")
        ResponseEntity<String> typed() {
            return ResponseEntity.ok().contentType(MediaType.TEXT_MARKDOWN).body("*a*");
        }

        @GetMapping("/entity/object")
        ResponseEntity<?> any() {
            return ResponseEntity.ok(Named.ada());
        }

        @GetMapping("/entity/null")
        ResponseEntity<Named> nothing() {
            return ResponseEntity.accepted().build();
        }

        @GetMapping("/entity/etag")
        ResponseEntity<Named> tagged() {
            return ResponseEntity.ok().eTag("v1").body(Named.ada());
        }

        @GetMapping("/entity/modified")
        ResponseEntity<Named> modified() {
            return ResponseEntity.ok().lastModified(Instant.EPOCH).body(Named.ada());
        }

        @GetMapping("/entity/string")
        ResponseEntity<String> entityOfString() {
            return new ResponseEntity<>("gr\u00fcn", HttpHeaders.EMPTY, HttpStatus.OK);
        }

        @GetMapping("/entity/seen")
        @JsonView(Short.class)
        ResponseEntity<Seen> entityOfSeen() {
            return ResponseEntity.ok(new Seen("few", "many"));
        }

        @GetMapping("/entity/broken")
        ResponseEntity<Broken> entityOfBroken() {
            return ResponseEntity.status(201).header("X-Own", "own").body(new Broken());
        }

        @GetMapping("/entity/checked")
        ResponseEntity<Named> checked(ServerWebExchange exchange) {
            return exchange.checkNotModified("\"v1\"")
                    ? ResponseEntity.ok(Named.ada())
                    : ResponseEntity.accepted().body(Named.ada());
        }

        @ExceptionHandler
        ResponseEntity<String> unwritten(CodecException failure) {
            return ResponseEntity.status(501).header("X-Failed", "yes").body("unwritten: " + failure.getMessage());
        }
    }
}
