package dev.asyncloop.spring.web;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.inCoroutine;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.yieldNow;
import static dev.asyncloop.spring.web.CoroutineFunctions.coroutine;
import static dev.asyncloop.spring.web.CoroutineFunctions.coroutineFilter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

/** Functional routes and web filters as coroutines. */
@ExtendWith(OutputCaptureExtension.class)
class RoutesAndFiltersTest {

    private static final Map<Carrier, TestApplication> APPLICATIONS = new HashMap<>();

    private static TestApplication on(Carrier carrier) {
        return APPLICATIONS.computeIfAbsent(
                carrier,
                key -> TestApplication.start(
                        Application.class,
                        "ioloop.watchdog.slow-callback=10s", // about clients and answers
                        "ioloop.carrier=" + key.name().toLowerCase(Locale.ROOT).replace('_', '-')));
    }

    @AfterAll
    static void close() {
        APPLICATIONS.values().forEach(TestApplication::close);
    }

    @ParameterizedTest
    @EnumSource
    void aRouteIsACoroutineWithItsRoutesName(Carrier carrier) {
        assertThat(on(carrier).get("/routes/7").getBody()).matches("true GET /routes/\\{id} #\\d+");
    }

    @ParameterizedTest
    @EnumSource
    void aFilterIsACoroutineBeforeAndAfterWhatItStandsAround(Carrier carrier) {
        Log log = on(carrier).bean(Log.class);
        log.lines.clear();
        assertThat(on(carrier).get("/handler").getBody()).isEqualTo("true outer inner");
        await().atMost(Duration.ofSeconds(20)).until(() -> log.lines.size() == 3);
        assertThat(log.lines).containsExactly("before true /handler", "handler", "after true 200 /handler");
    }

    @ParameterizedTest
    @EnumSource
    void reactiveHandlersAndRoutesSeeTheContextOfTheFiltersBeforeThem(Carrier carrier) {
        assertThat(on(carrier).get("/reactive").getBody()).isEqualTo("outer inner");
        assertThat(on(carrier).get("/routes/context").getBody()).isEqualTo("outer inner");
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatGoesAwayCancelsFiltersAndWhatTheyStandAroundOnceAndSilently(Carrier carrier, CapturedOutput output)
            throws Exception {
        Log log = on(carrier).bean(Log.class);
        for (String path : List.of("/patient", "/routes/patient")) {
            log.lines.clear();
            log.arrived = new CountDownLatch(1);
            try (Socket socket = new Socket("127.0.0.1", on(carrier).port())) {
                socket.getOutputStream()
                        .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                assertThat(log.arrived.await(20, TimeUnit.SECONDS)).as(path).isTrue();
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> log.lines.size() >= 3);
            assertThat(on(carrier).get("/reactive").getBody()).isEqualTo("outer inner");
            assertThat(log.lines)
                    .filteredOn(line -> line.endsWith(path))
                    .as(path)
                    .containsExactlyInAnyOrder("before true " + path, "cancelled " + path, "after true 200 " + path);
        }
        assertThat(output).doesNotContain("ERROR").doesNotContain("WARN");
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerThatReturnsNoResponseFailsAndSaysWhatToReturn(Carrier carrier, CapturedOutput output) {
        assertThat(on(carrier).get("/routes/none").getStatusCode().value()).isEqualTo(500);
        assertThat(output)
                .contains("The handler of GET /routes/none has returned no response")
                .contains("ServerResponse.noContent().build()");
    }

    @Test
    void outsideOfAnApplicationTheLoopIsGiven() {
        RouterFunction<ServerResponse> lost = RouterFunctions.route()
                .GET("/", coroutine(request -> await(ServerResponse.ok().build())))
                .build();
        try (IOLoop loop = IOLoop.create()) {
            RouterFunction<ServerResponse> found = RouterFunctions.route()
                    .GET("/", coroutine(loop, request -> {
                        yieldNow();
                        return await(ServerResponse.ok().bodyValue("found"));
                    }))
                    .filter(coroutineFilter(loop, (request, next) -> next.handle(request)))
                    .build();
            CoroutineWebFilter stamp = (exchange, chain) -> {
                yieldNow();
                exchange.getResponse().getHeaders().set("X-Stamp", "seen");
                chain.proceed();
            };
            WebTestClient.bindToRouterFunction(found)
                    .webFilter(stamp.on(loop))
                    .build()
                    .get()
                    .uri("/")
                    .exchange()
                    .expectHeader()
                    .valueEquals("X-Stamp", "seen")
                    .expectBody(String.class)
                    .isEqualTo("found");
            assertThat(messageOf(lost, null)).contains("coroutine(loop, ..)").contains("no application context");
            assertThat(messageOf(found, stamp)).contains("on(loop)").contains("no application context");
        }
    }

    @Test
    void aLoopThatHasEndedIs503() {
        IOLoop loop = IOLoop.create();
        loop.close();
        WebTestClient.bindToRouterFunction(RouterFunctions.route()
                        .GET(
                                "/",
                                coroutine(
                                        loop,
                                        request -> await(ServerResponse.ok().build())))
                        .build())
                .build()
                .get()
                .uri("/")
                .exchange()
                .expectStatus()
                .isEqualTo(503);
    }

    private static String messageOf(RouterFunction<ServerResponse> route, @Nullable WebFilter filter) {
        String[] message = {""};
        WebFilter outermost = (exchange, chain) ->
                chain.filter(exchange).doOnError(failure -> message[0] = String.valueOf(failure.getMessage()));
        WebTestClient.RouterFunctionSpec spec = WebTestClient.bindToRouterFunction(route);
        spec.webFilter(filter == null ? new WebFilter[] {outermost} : new WebFilter[] {outermost, filter});
        spec.build().get().uri("/").exchange();
        return message[0];
    }

    /** What has happened, in order. */
    static final class Log {

        final List<String> lines = new CopyOnWriteArrayList<>();

        volatile CountDownLatch arrived = new CountDownLatch(1);

        void wait(String path) {
            arrived.countDown();
            try {
                sleep(Duration.ofHours(1));
            } finally {
                lines.add("cancelled " + path);
            }
        }
    }

    private static Mono<String> context() {
        return Mono.deferContextual(context ->
                Mono.just(context.getOrDefault("outer", "none") + " " + context.getOrDefault("inner", "none")));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {

        @Bean
        Log log() {
            return new Log();
        }

        @Bean
        @Order(1)
        WebFilter outer() {
            return (exchange, chain) -> chain.filter(exchange).contextWrite(context -> context.put("outer", "outer"));
        }

        @Bean
        @Order(2)
        CoroutineWebFilter inner(Log log) {
            return (exchange, chain) -> {
                String path = exchange.getRequest().getPath().value();
                yieldNow();
                log.lines.add("before " + inCoroutine() + " " + path);
                try {
                    chain.proceed(exchange, context -> context.put("inner", "inner"));
                    yieldNow();
                } finally {
                    log.lines.add("after " + inCoroutine() + " "
                            + (exchange.getResponse().getStatusCode() == null
                                    ? null
                                    : exchange.getResponse().getStatusCode().value())
                            + " " + path);
                }
            };
        }

        @Bean
        RouterFunction<ServerResponse> routes(Log log) {
            return RouterFunctions.route()
                    .GET(
                            "/routes/context",
                            coroutine(
                                    request -> await(ServerResponse.ok().bodyValue(String.valueOf(await(context()))))))
                    .GET("/routes/patient", coroutine(request -> {
                        log.wait("/routes/patient");
                        return await(ServerResponse.ok().build());
                    }))
                    .GET("/routes/none", coroutine(request -> null))
                    .GET(
                            "/routes/{id}",
                            coroutine(request -> await(ServerResponse.ok()
                                    .bodyValue(inCoroutine() + " "
                                            + Thread.currentThread().getName()))))
                    .build();
        }
    }

    @RestController
    static class Handlers {

        private final Log log;

        Handlers(Log log) {
            this.log = log;
        }

        @Coroutine
        @GetMapping("/handler")
        String handler() {
            log.lines.add("handler");
            return inCoroutine() + " " + Async.await(context());
        }

        @GetMapping("/reactive")
        Mono<String> reactive() {
            return context();
        }

        @Coroutine
        @GetMapping("/patient")
        void patient() {
            log.wait("/patient");
        }
    }
}
