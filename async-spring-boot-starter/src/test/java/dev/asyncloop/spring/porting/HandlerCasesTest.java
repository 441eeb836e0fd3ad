package dev.asyncloop.spring.porting;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.sync.Event;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The life of a handler: prepare, verb, write, flush, finish, errors. */
@ExtendWith({SharedApplication.class, OutputCaptureExtension.class})
class HandlerCasesTest {

    private final TestApplication application;

    HandlerCasesTest(TestApplication application) {
        this.application = application;
    }

    private Queue<String> log() {
        return application.bean(Life.class).log;
    }

    @Test
    void aFilterPreparesAndHearsOfTheEnd() {
        log().clear();
        assertThat(application.get("/life/verb").getBody()).isEqualTo("prepared");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(log()).containsExactly("prepare", "verb", "finish"));
    }

    @Test
    void whatIsAnsweredInPrepareStopsThere() {
        log().clear();
        assertThat(application.get("/life/verb?prepare=answer").getStatusCode()).isEqualTo(HttpStatus.ACCEPTED);
        assertThat(application.get("/life/verb?prepare=fail").getStatusCode()).isEqualTo(HttpStatus.FORBIDDEN);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(log()).containsExactly("prepare", "finish", "prepare", "finish"));
    }

    @Test
    void piecesWrittenBetweenTurnsMakeOneBody() {
        assertThat(application.get("/pieces").getBody()).isEqualTo("123");
    }

    @Test
    void mapsAndListsAreJson() throws Exception {
        ResponseEntity<String> map = application.get("/map");
        assertThat(map.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_JSON);
        assertThat(map.getBody()).isEqualTo("{\"a\":1}");
        assertThat(application.get("/list").getBody()).isEqualTo("[1,2]");
    }

    @Test
    void emptyFlushesDoNoHarm() {
        assertThat(application.get("/flushes").getBody()).isEqualTo("ok");
    }

    @Test
    void whatIsFlushedIsOnTheWireBeforeTheEnd() throws Exception {
        try (Wire wire = new Wire(application.port())) {
            wire.send("GET /held HTTP/1.1\r\nHost: x\r\n\r\n");
            StringBuilder seen = new StringBuilder();
            while (!seen.toString().contains("first")) {
                seen.append(wire.character());
            }
            assertThat(seen).doesNotContain("second").contains("chunked");
            application.bean(Handlers.class).release();
            assertThat(wire.untilChunksEnd()).contains("second");
        }
    }

    @Test
    void afterTheHeadHasGoneItCannotBeChanged() {
        assertThat(application.get("/late").getBody()).isEqualTo("written");
        Handlers handlers = application.bean(Handlers.class);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(handlers.late)
                        .containsExactly("status changed: false", "UnsupportedOperationException"));
    }

    @Test
    void anUncaughtExceptionIsA500InTheFormTheClientWants() {
        ResponseEntity<String> json = application.get("/error/state");
        assertThat(json.getStatusCode()).isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
        assertThat(json.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_JSON);
        JsonNode body = JsonMapper.shared().readTree(String.valueOf(json.getBody()));
        assertThat(body.get("status").asInt()).isEqualTo(500);
        assertThat(body.get("error").asString()).isEqualTo("Internal Server Error");
        assertThat(body.has("trace")).isFalse();
        ResponseEntity<String> page = application.exchange(
                application.client().get().uri("/error/state").accept(MediaType.TEXT_HTML));
        assertThat(page.getHeaders().getContentType())
                .isNotNull()
                .satisfies(type ->
                        assertThat(type.isCompatibleWith(MediaType.TEXT_HTML)).isTrue());
        assertThat(page.getBody()).contains("<h1>Whitelabel Error Page</h1>", "500");
    }

    @Test
    void aStatusWithoutANameIsSentAsItIsUnlessItIsThrown() {
        assertThat(application.get("/error/435").getStatusCode()).isEqualTo(HttpStatusCode.valueOf(435));
        assertThat(application.get("/error/thrown435").getStatusCode())
                .as("Spring Boot's error page knows no such status")
                .isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
    }

    @Test
    void anExceptionHandlerWritesTheErrorAndOneThatFailsIsContained() {
        assertThat(application.get("/error/own").getBody()).isEqualTo("own: what happened");
        ResponseEntity<String> answer = application.get("/error/worse");
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
        assertThat(answer.getBody()).contains("\"status\":500");
    }

    @Test
    void failuresAreLoggedWithTheirStackAndAStatusIsNot(CapturedOutput output) {
        application.get("/error/state");
        assertThat(output)
                .contains("ERROR")
                .contains("500 Server Error for HTTP GET \"/error/state\"")
                .contains("IllegalStateException: what happened")
                .contains("at " + Handlers.class.getName());
        int before = output.length();
        application.get("/error/402");
        application.get("/nowhere");
        assertThat(output.toString().substring(before)).doesNotContain("ERROR");
    }

    @Test
    void finishingEarlyKeepsWhatWasSetAndLogsNothing(CapturedOutput output) {
        ResponseEntity<String> answer = application.get("/error/finish");
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.UNAUTHORIZED);
        assertThat(answer.getHeaders().getFirst(HttpHeaders.WWW_AUTHENTICATE)).isEqualTo("Basic realm=\"something\"");
        assertThat(answer.getBody()).isEqualTo("authentication required");
        assertThat(output).doesNotContain("ERROR");
    }

    @Test
    void anErrorAfterTheHeadHasGoneEndsTheConnection() throws Exception {
        try (Wire wire = new Wire(application.port())) {
            wire.send("GET /brokenoff HTTP/1.1\r\nHost: x\r\n\r\n");
            String all = wire.rest();
            assertThat(all).startsWith("HTTP/1.1 200").contains("begun").doesNotContain("500", "\r\n0\r\n");
        }
    }

    @Test
    void anUnimplementedMethodIs405() {
        ResponseEntity<String> answer =
                application.exchange(application.client().post().uri("/pieces"));
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.METHOD_NOT_ALLOWED);
    }

    @Test
    void theAccessLogSaysStatusMethodPathAndTime() {
        Queue<String> lines =
                application.bean(SharedApplication.AccessLines.class).lines();
        application.get("/pieces?logged");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(lines)
                        .anySatisfy(line -> assertThat(line).matches("200 GET /pieces\\?logged \\d+ms .*")));
    }

    @Test
    void aHandlerWhoseClientHasGoneIsNoErrorForTheServer(CapturedOutput output) throws Exception {
        Handlers handlers = application.bean(Handlers.class);
        try (Wire wire = new Wire(application.port())) {
            wire.send("GET /leave HTTP/1.1\r\nHost: x\r\n\r\n");
            await().atMost(Duration.ofSeconds(20)).until(() -> handlers.arrived);
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> handlers.left);
        assertThat(output).doesNotContain("ERROR");
    }

    /** Tornado's prepare and on_finish. */
    static class Life implements WebFilter {

        final Queue<String> log = new ConcurrentLinkedQueue<>();

        private final IOLoop loop;

        Life(IOLoop loop) {
            this.loop = loop;
        }

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
            if (!exchange.getRequest().getPath().value().startsWith("/life/")) {
                return chain.filter(exchange);
            }
            return loop.mono("prepare", () -> prepare(exchange))
                    .flatMap(go ->
                            go ? chain.filter(exchange) : exchange.getResponse().setComplete())
                    .doFinally(signal -> log.add("finish"));
        }

        /** A coroutine. Returns whether the handler is to be called. */
        private boolean prepare(ServerWebExchange exchange) {
            log.add("prepare");
            sleep(Duration.ofMillis(1));
            String how = exchange.getRequest().getQueryParams().getFirst("prepare");
            if ("fail".equals(how)) {
                throw new ResponseStatusException(HttpStatus.FORBIDDEN);
            }
            exchange.getAttributes().put("state", "prepared");
            exchange.getResponse().setStatusCode(how == null ? HttpStatus.OK : HttpStatus.ACCEPTED);
            return how == null;
        }
    }

    static final class OwnException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        final boolean worse;

        OwnException(boolean worse) {
            super("what happened");
            this.worse = worse;
        }
    }

    @RestControllerAdvice(assignableTypes = Handlers.class)
    static class Advice {

        @ExceptionHandler
        ResponseEntity<String> own(OwnException ex) {
            if (ex.worse) {
                throw new IllegalArgumentException("worse");
            }
            return ResponseEntity.status(HttpStatus.CONFLICT).body("own: " + ex.getMessage());
        }
    }

    @RestController
    @Coroutine
    static class Handlers {

        private final IOLoop loop;

        private final Life life;

        volatile List<String> late = List.of();

        volatile boolean arrived;

        volatile boolean left;

        private final Event released;

        Handlers(IOLoop loop, Life life) {
            this.loop = loop;
            this.life = life;
            this.released = loop.runSync(Event::new);
        }

        void release() {
            loop.addCallback(released::set);
        }

        @GetMapping("/life/verb")
        String verb(@RequestAttribute String state) {
            life.log.add("verb");
            return state;
        }

        @GetMapping("/pieces")
        String pieces() {
            StringBuilder body = new StringBuilder("1");
            yieldNow();
            body.append("2");
            yieldNow();
            return body.append("3").toString();
        }

        @GetMapping("/map")
        Map<String, Integer> map() {
            return Map.of("a", 1);
        }

        @GetMapping("/list")
        List<Integer> list() {
            return List.of(1, 2);
        }

        @GetMapping("/flushes")
        void flushes(ServerHttpResponse response) {
            var o = response.bufferFactory().wrap(new byte[] {'o'});
            var k = response.bufferFactory().wrap(new byte[] {'k'});
            await(response.writeAndFlushWith(
                    Flux.just(Flux.empty(), Flux.empty(), Flux.just(o), Flux.empty(), Flux.empty(), Flux.just(k))));
        }

        @GetMapping(path = "/held", produces = "text/plain")
        Flux<String> held() {
            return Flux.concat(Mono.just("first"), loop.mono("second", () -> {
                released.await();
                return "second";
            }));
        }

        @GetMapping("/late")
        void late(ServerHttpResponse response) {
            await(response.writeWith(Mono.just(response.bufferFactory().wrap("written".getBytes()))));
            boolean changed = response.setStatusCode(HttpStatus.NOT_FOUND);
            String header;
            try {
                response.getHeaders().set("X-Late", "yes");
                header = "set";
            } catch (RuntimeException ex) {
                header = ex.getClass().getSimpleName();
            }
            late = List.of("status changed: " + changed, header);
        }

        @GetMapping("/error/{how}")
        @Nullable
        ResponseEntity<String> error(@PathVariable String how) {
            yieldNow();
            switch (how) {
                case "435" -> {
                    return ResponseEntity.status(435).build();
                }
                case "thrown435" -> throw new ResponseStatusException(HttpStatusCode.valueOf(435));
                case "402" -> throw new ResponseStatusException(HttpStatus.PAYMENT_REQUIRED);
                case "own", "worse" -> throw new OwnException(how.equals("worse"));
                case "finish" -> {
                    return ResponseEntity.status(HttpStatus.UNAUTHORIZED)
                            .header(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"something\"")
                            .body("authentication required");
                }
                default -> throw new IllegalStateException("what happened");
            }
        }

        @GetMapping(path = "/brokenoff", produces = "text/plain")
        Flux<String> brokenOff() {
            return Flux.concat(Mono.just("begun"), loop.mono("breaks off", () -> {
                sleep(Duration.ofMillis(50));
                throw new IllegalStateException("in the middle");
            }));
        }

        @GetMapping("/leave")
        String leave() {
            arrived = true;
            try {
                sleep(Duration.ofMinutes(1));
            } finally {
                left = true;
            }
            return "never";
        }
    }
}
