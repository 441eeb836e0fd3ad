package dev.asyncloop.spring.web;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebSession;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class CoroutineHandlersTest {

    private static final Map<Carrier, TestApplication> APPLICATIONS = new HashMap<>();

    /** A real server on the loop, one for each carrier. */
    private static TestApplication on(Carrier carrier) {
        return APPLICATIONS.computeIfAbsent(
                carrier,
                key -> TestApplication.start(
                        Application.class,
                        "ioloop.carrier="
                                + key.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-')));
    }

    @AfterAll
    static void close() {
        APPLICATIONS.values().forEach(TestApplication::close);
    }

    @ParameterizedTest
    @EnumSource
    void pathQueryAndHeader(Carrier carrier) {
        ResponseEntity<String> answer = on(carrier)
                .exchange(on(carrier).client().get().uri("/hello/Ada?times=2").header("X-Mark", "!"));
        assertThat(answer.getBody()).isEqualTo("hello Ada hello Ada !");
    }

    @ParameterizedTest
    @EnumSource
    void bodyAndValidation(Carrier carrier) {
        TestApplication application = on(carrier);
        assertThat(post(application, "{\"name\":\"Ada\",\"age\":36}").getBody())
                .isEqualTo("{\"name\":\"Ada\",\"age\":37}");
        assertThat(post(application, "{\"name\":\"\",\"age\":36}").getStatusCode())
                .isEqualTo(HttpStatus.BAD_REQUEST);
        assertThat(post(application, "{\"name\"").getStatusCode()).isEqualTo(HttpStatus.BAD_REQUEST);
        assertThat(application.get("/checked?age=3").getBody()).isEqualTo("3");
        assertThat(application.get("/checked?age=-3").getStatusCode()).isEqualTo(HttpStatus.BAD_REQUEST);
        assertThat(application.get("/checked?age=x").getStatusCode()).isEqualTo(HttpStatus.BAD_REQUEST);
    }

    private static ResponseEntity<String> post(TestApplication application, String json) {
        return application.exchange(application
                .client()
                .post()
                .uri("/people")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(json));
    }

    @ParameterizedTest
    @EnumSource
    void exchangeSessionAndMultipart(Carrier carrier) {
        TestApplication application = on(carrier);
        assertThat(application.get("/exchange").getBody()).isEqualTo("/exchange");
        assertThat(application.get("/session").getBody()).isEqualTo("1 on the loop");
        MultipartBodyBuilder parts = new MultipartBodyBuilder();
        parts.part("note", "a note");
        parts.part("file", "content".getBytes(StandardCharsets.UTF_8)).filename("a.txt");
        ResponseEntity<String> answer = application.exchange(
                application.client().post().uri("/upload").body(BodyInserters.fromMultipartData(parts.build())));
        assertThat(answer.getBody()).isEqualTo("a note a.txt content on the loop");
    }

    @ParameterizedTest
    @EnumSource
    void everyKindOfResult(Carrier carrier) {
        TestApplication application = on(carrier);
        assertThat(application.get("/entity").getStatusCode()).isEqualTo(HttpStatus.CREATED);
        assertThat(application.get("/entity").getHeaders().getFirst("X-Made")).isEqualTo("yes");
        ResponseEntity<String> nothing = application.get("/nothing");
        assertThat(nothing.getStatusCode()).isEqualTo(HttpStatus.OK);
        assertThat(nothing.getBody()).isNull();
        assertThat(application.get("/status").getStatusCode()).isEqualTo(HttpStatus.ACCEPTED);
        assertThat(application.get("/mono").getBody()).isEqualTo("from a mono");
        assertThat(application.get("/flux").getBody()).isEqualTo("[1,2,3]");
        assertThat(application.get("/written").getBody()).isEqualTo("by hand");
    }

    @ParameterizedTest
    @EnumSource
    void failuresGoTheOrdinaryWay(Carrier carrier) {
        TestApplication application = on(carrier);
        assertThat(application.get("/checkedfailure").getBody()).isEqualTo("handled IOException no disk");
        assertThat(application.get("/uncheckedfailure").getStatusCode()).isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
    }

    @ParameterizedTest
    @EnumSource
    void handlersAreCoroutinesOneAtATimeAndNamedAfterTheirMapping(Carrier carrier) {
        TestApplication application = on(carrier);
        assertThat(application.get("/name/7").getBody()).matches("GET /name/\\{id} #\\d+");
        List<String> bodies = Flux.range(0, 200)
                .flatMap(
                        i -> application.client().get().uri("/count").retrieve().bodyToMono(String.class), 100)
                .collectList()
                .block(Duration.ofSeconds(30));
        assertThat(bodies).hasSize(200).containsOnly("ok");
        assertThat(application.get("/counted").getBody()).isEqualTo("200");
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatGoesAwayCancelsItsCoroutineAndNobodyElseHearsOfIt(Carrier carrier) throws Exception {
        TestApplication application = on(carrier);
        Handlers handlers = application.bean(Handlers.class);
        handlers.waiting = new CountDownLatch(1);
        handlers.cancelled = new CountDownLatch(1);
        int handledBefore = handlers.handled.get();
        try (Socket socket = new Socket("127.0.0.1", application.port())) {
            socket.getOutputStream()
                    .write("GET /forever HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(handlers.waiting.await(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(handlers.cancelled.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(application.get("/hello/again?times=1").getStatusCode()).isEqualTo(HttpStatus.OK);
        assertThat(handlers.handled).hasValue(handledBefore);
    }

    @ParameterizedTest
    @EnumSource
    void theRequestsReactorContextIsInPlace(Carrier carrier) {
        assertThat(on(carrier).get("/context").getBody()).isEqualTo("true");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {}

    record Person(@NotBlank String name, int age) {}

    @RestController
    @Coroutine
    static class Handlers {

        private final IOLoop loop;

        private final Map<String, Integer> counts = new HashMap<>();

        private int inside;

        volatile CountDownLatch waiting = new CountDownLatch(1);

        volatile CountDownLatch cancelled = new CountDownLatch(1);

        final AtomicInteger handled = new AtomicInteger();

        Handlers(IOLoop loop) {
            this.loop = loop;
        }

        private String where() {
            return loop.inLoop() ? "on the loop" : "elsewhere";
        }

        @GetMapping("/hello/{name}")
        String hello(
                @PathVariable String name,
                @RequestParam int times,
                @RequestHeader(name = "X-Mark", required = false) @Nullable String mark) {
            yieldNow();
            return ("hello " + name + " ").repeat(times) + (mark == null ? "" : mark);
        }

        @PostMapping("/people")
        Person people(@Valid @RequestBody Person person) {
            sleep(Duration.ofMillis(1));
            return new Person(person.name(), person.age() + 1);
        }

        @GetMapping("/checked")
        String checked(@RequestParam @Min(0) int age) {
            return String.valueOf(age);
        }

        @GetMapping("/exchange")
        String exchange(ServerWebExchange exchange) {
            yieldNow();
            return exchange.getRequest().getPath().value();
        }

        @GetMapping("/session")
        String session(WebSession session) {
            yieldNow();
            session.getAttributes().put("visits", 1);
            return session.getAttribute("visits") + " " + where();
        }

        @PostMapping("/upload")
        String upload(@RequestPart String note, @RequestPart FilePart file) {
            StringBuilder content = new StringBuilder();
            await(file.content()
                    .doOnNext(buffer -> content.append(buffer.toString(StandardCharsets.UTF_8)))
                    .then());
            return note + " " + file.filename() + " " + content + " " + where();
        }

        @GetMapping("/entity")
        ResponseEntity<String> entity() {
            yieldNow();
            return ResponseEntity.status(HttpStatus.CREATED)
                    .header("X-Made", "yes")
                    .body("made");
        }

        @GetMapping("/nothing")
        void nothing() {
            yieldNow();
        }

        @GetMapping("/status")
        @ResponseStatus(HttpStatus.ACCEPTED)
        void status() {
            yieldNow();
        }

        @GetMapping("/mono")
        Mono<String> mono() {
            yieldNow();
            return Mono.just("from a mono").delayElement(Duration.ofMillis(1));
        }

        @GetMapping("/flux")
        Flux<Integer> flux() {
            yieldNow();
            return Flux.just(1, 2, 3);
        }

        @GetMapping("/written")
        void written(ServerHttpResponse response) {
            await(response.writeWith(
                    Mono.just(response.bufferFactory().wrap("by hand".getBytes(StandardCharsets.UTF_8)))));
        }

        @GetMapping("/checkedfailure")
        String checkedFailure() throws IOException {
            yieldNow();
            throw new IOException("no disk");
        }

        @GetMapping("/uncheckedfailure")
        String uncheckedFailure() {
            throw new org.springframework.web.server.ResponseStatusException(HttpStatus.INTERNAL_SERVER_ERROR);
        }

        @ExceptionHandler
        String handle(IOException failure) {
            return "handled " + failure.getClass().getSimpleName() + " " + failure.getMessage();
        }

        @ExceptionHandler
        String handle(CancellationException failure) {
            handled.incrementAndGet();
            return "nobody is there to read this";
        }

        @GetMapping("/name/{id}")
        String name(@PathVariable int id) {
            return Thread.currentThread().getName();
        }

        @GetMapping("/count")
        String count() {
            int seen = counts.getOrDefault("all", 0);
            boolean alone = ++inside == 1;
            counts.put("all", seen + 1);
            inside--;
            yieldNow();
            return alone ? "ok" : "not alone";
        }

        @GetMapping("/counted")
        String counted() {
            return String.valueOf(counts.get("all"));
        }

        @GetMapping("/forever")
        String forever() {
            waiting.countDown();
            try {
                sleep(Duration.ofHours(1));
            } catch (CancellationException ex) {
                cancelled.countDown();
                throw ex;
            }
            return "never";
        }

        @GetMapping("/context")
        String context() {
            return await(Async.spawn(() -> await(Mono.deferContextual(context ->
                    Mono.just(String.valueOf(context.hasKey(ServerWebExchange.class) || !context.isEmpty()))))));
        }
    }
}
