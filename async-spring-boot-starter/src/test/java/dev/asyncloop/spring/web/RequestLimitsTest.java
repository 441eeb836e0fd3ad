package dev.asyncloop.spring.web;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.asyncloop.Carrier;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.TimeLimit;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** How long a request may take, and how many there may be. */
class RequestLimitsTest {

    private static final Map<Carrier, TestApplication> APPLICATIONS = new HashMap<>();

    private static TestApplication on(Carrier carrier) {
        return APPLICATIONS.computeIfAbsent(
                carrier,
                key -> TestApplication.start(
                        Application.class,
                        "test.limit=200ms",
                        "ioloop.web.request-timeout=250ms",
                        "ioloop.web.max-requests=2",
                        "ioloop.web.max-waiting=2",
                        "ioloop.carrier="
                                + carrier.name().toLowerCase(Locale.ROOT).replace('_', '-')));
    }

    @AfterAll
    static void close() {
        APPLICATIONS.values().forEach(TestApplication::close);
    }

    private static void assertTimeout(ResponseEntity<String> answer, String limit) {
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.GATEWAY_TIMEOUT);
        assertThat(answer.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
        assertThat(answer.getBody()).contains("\"status\":504").contains("within " + limit);
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerThatTakesTooLongIsCancelledAndTheClientGets504(Carrier carrier) {
        TestApplication application = on(carrier);
        Limited limited = application.bean(Limited.class);
        limited.events.clear();
        assertTimeout(application.get("/limited/slow"), "PT0.2S");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(limited.events).containsExactly("CancellationException"));
        assertTimeout(application.get("/slow"), "PT0.25S"); // of ioloop.web.request-timeout
        assertTimeout(
                application.exchange(application.client().get().uri("/slow").accept(MediaType.TEXT_HTML)), "PT0.25S");
        assertThat(application.get("/unlimited").getBody()).isEqualTo("slept");
        assertThat(application.get("/limited/fast").getBody()).isEqualTo("fast");
    }

    @ParameterizedTest
    @EnumSource
    void theArrivalOfTheBodyCounts(Carrier carrier) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", on(carrier).port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("POST /limited/body HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
                                    + "Content-Length: 100\r\n\r\nbegun")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readNBytes(12))
                    .isEqualTo("HTTP/1.1 504".getBytes(StandardCharsets.US_ASCII));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsReturnedToBeSubscribedToCountsUntilTheAnswerBegins(Carrier carrier) {
        assertTimeout(on(carrier).get("/limited/mono"), "PT0.2S");
        assertTimeout(on(carrier).get("/limited/flux"), "PT0.2S");
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerThatHasBegunIsLeftAlone(Carrier carrier) {
        assertThat(on(carrier).get("/limited/stream").getBody()).isEqualTo("begun and ended");
        assertThat(on(carrier).get("/limited/events").getBody())
                .contains("data:1")
                .contains("data:2");
    }

    @ParameterizedTest
    @EnumSource
    void anExceptionHandlerMayAnswerInstead(Carrier carrier) {
        ResponseEntity<String> answer = on(carrier).get("/own");
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.OK);
        assertThat(answer.getBody()).isEqualTo("not within PT0.1S");
    }

    @ParameterizedTest
    @EnumSource
    void moreRequestsThanThereIsRoomForWaitInLineAndThenGet503(Carrier carrier) throws Exception {
        TestApplication application = on(carrier);
        Gates gates = application.bean(Gates.class);
        CoroutineRequests requests = application.bean(CoroutineRequests.class);
        await().atMost(Duration.ofSeconds(20)).until(() -> requests.running() == 0);
        long refused = requests.refused();
        CompletableFuture<String> first = call(application, "first");
        await().atMost(Duration.ofSeconds(20)).until(() -> gates.entered.contains("first"));
        CompletableFuture<String> second = call(application, "second");
        await().atMost(Duration.ofSeconds(20)).until(() -> gates.entered.contains("second"));
        Disposable leaves = application
                .client()
                .get()
                .uri("/gate/leaves")
                .retrieve()
                .bodyToMono(String.class)
                .subscribe();
        await().atMost(Duration.ofSeconds(20)).until(() -> requests.waiting() == 1);
        CompletableFuture<String> third = call(application, "third");
        await().atMost(Duration.ofSeconds(20)).until(() -> requests.waiting() == 2);

        ResponseEntity<String> answer = application.get("/gate/refused");
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
        assertThat(answer.getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("1");
        assertThat(answer.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
        assertThat(answer.getBody()).contains("\"status\":503").doesNotContain("max-requests");
        assertThat(requests.refused()).isEqualTo(refused + 1);
        assertThat(application.get("/reactive").getBody()).isEqualTo("reactive"); // does not count

        leaves.dispose();
        await().atMost(Duration.ofSeconds(20)).until(() -> requests.waiting() == 1);
        CompletableFuture<String> fourth = call(application, "fourth");
        await().atMost(Duration.ofSeconds(20)).until(() -> requests.waiting() == 2);
        gates.open("first");
        assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo("first");
        await().atMost(Duration.ofSeconds(20)).until(() -> gates.entered.contains("third"));
        assertThat(requests.running()).isEqualTo(2);
        assertThat(requests.waiting()).isEqualTo(1);
        gates.open("third");
        assertThat(third.get(20, TimeUnit.SECONDS)).isEqualTo("third");
        gates.open("fourth");
        gates.open("second");
        assertThat(fourth.get(20, TimeUnit.SECONDS)).isEqualTo("fourth");
        assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo("second");
        await().atMost(Duration.ofSeconds(20)).until(() -> requests.running() == 0);
        assertThat(gates.entered).containsExactly("first", "second", "third", "fourth");
    }

    private static CompletableFuture<String> call(TestApplication application, String name) {
        return application
                .client()
                .get()
                .uri("/gate/" + name)
                .retrieve()
                .bodyToMono(String.class)
                .toFuture();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Limited.class, Gates.class, Others.class})
    static class Application {}

    @RestController
    @Coroutine
    @TimeLimit("${test.limit}")
    static class Limited {

        final List<String> events = new CopyOnWriteArrayList<>();

        @GetMapping("/limited/slow")
        String slow() {
            try {
                sleep(Duration.ofHours(1));
                events.add("slept");
            } catch (RuntimeException ex) {
                events.add(ex.getClass().getSimpleName());
                throw ex;
            }
            return "slept";
        }

        @GetMapping("/limited/fast")
        String fast() {
            return "fast";
        }

        @PostMapping("/limited/body")
        String body(@RequestBody String body) {
            return body;
        }

        @GetMapping("/limited/mono")
        Mono<String> mono() {
            return Mono.never();
        }

        @GetMapping("/limited/flux")
        Flux<Integer> flux() {
            return Flux.never();
        }

        @GetMapping("/limited/stream")
        void stream(ServerHttpResponse response) {
            await(response.writeAndFlushWith(Flux.just("begun")
                    .concatWith(Mono.just(" and ended").delayElement(Duration.ofMillis(400)))
                    .map(text -> Mono.just(
                            DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.US_ASCII))))));
        }

        @GetMapping(path = "/limited/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        Flux<Integer> events() {
            return Flux.just(1).concatWith(Mono.just(2).delayElement(Duration.ofMillis(400)));
        }
    }

    @RestController
    static class Gates {

        final List<String> entered = new CopyOnWriteArrayList<>();

        private final Map<String, CompletableFuture<String>> gates = new ConcurrentHashMap<>();

        void open(String name) {
            gate(name).complete(name);
        }

        private CompletableFuture<String> gate(String name) {
            return gates.computeIfAbsent(name, key -> new CompletableFuture<>());
        }

        @Coroutine
        @TimeLimit("-")
        @GetMapping("/gate/{name}")
        String pass(@PathVariable String name) {
            entered.add(name);
            return await(gate(name));
        }

        @GetMapping("/reactive")
        Mono<String> reactive() {
            return Mono.just("reactive");
        }
    }

    @RestController
    @Coroutine
    static class Others {

        @GetMapping("/slow")
        String slow() {
            sleep(Duration.ofHours(1));
            return "slept";
        }

        @TimeLimit("-")
        @GetMapping("/unlimited")
        String unlimited() {
            sleep(Duration.ofMillis(500));
            return "slept";
        }

        @TimeLimit("100ms")
        @GetMapping("/own")
        String own() {
            sleep(Duration.ofHours(1));
            return "slept";
        }

        @ExceptionHandler
        Object handle(RequestTimeLimitException failure, ServerHttpResponse response) throws Throwable {
            if (failure.limit().equals(Duration.ofMillis(100))) {
                return "not within " + failure.limit();
            }
            throw failure;
        }
    }
}
