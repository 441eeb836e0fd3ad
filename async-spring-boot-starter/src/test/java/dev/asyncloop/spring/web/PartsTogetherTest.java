package dev.asyncloop.spring.web;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopClosedException;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.TimeLimit;
import dev.asyncloop.spring.web.stream.EventStream;
import dev.asyncloop.spring.web.stream.RequestStream;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebInputException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Streams, limits, exception handlers and binders, each with the others. */
class PartsTogetherTest {

    private static final Map<Carrier, TestApplication> APPLICATIONS = new EnumMap<>(Carrier.class);

    private static TestApplication on(Carrier carrier) {
        return APPLICATIONS.computeIfAbsent(
                carrier,
                key -> TestApplication.start(
                        Application.class,
                        "ioloop.web.max-requests=1",
                        "ioloop.web.max-waiting=0",
                        "ioloop.carrier="
                                + carrier.name().toLowerCase(Locale.ROOT).replace('_', '-')));
    }

    @AfterAll
    static void close() {
        APPLICATIONS.values().forEach(TestApplication::close);
    }

    @ParameterizedTest
    @EnumSource
    void theAnswerOfACoroutineExceptionHandlerIsNotThatOfAStreamThatHasNeverBegun(Carrier carrier) {
        TestApplication application = on(carrier);
        ResponseEntity<String> events = application.get("/events");
        assertThat(events.getBody()).isEqualTo("bad input");
        assertThat(events.getStatusCode()).isEqualTo(HttpStatus.GONE);
        ResponseEntity<String> upload =
                application.exchange(application.client().post().uri("/upload").bodyValue("a body"));
        assertThat(upload.getBody()).isEqualTo("bad input");
        assertThat(upload.getStatusCode()).isEqualTo(HttpStatus.GONE);
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatIsRefusedMayBeAnsweredByACoroutine(Carrier carrier) throws Exception {
        TestApplication application = on(carrier);
        CoroutineRequests requests = application.bean(CoroutineRequests.class);
        Streams streams = application.bean(Streams.class);
        await().atMost(Duration.ofSeconds(20)).until(() -> requests.running() == 0);
        CompletableFuture<String> held = application
                .client()
                .get()
                .uri("/held")
                .retrieve()
                .bodyToMono(String.class)
                .toFuture();
        await().atMost(Duration.ofSeconds(20)).until(() -> requests.running() == 1);
        ResponseEntity<String> refused = application.get("/events?number=1");
        streams.gate.complete("held");
        assertThat(held.get(20, TimeUnit.SECONDS)).isEqualTo("held");
        assertThat(refused.getBody()).isEqualTo("refused");
        await().atMost(Duration.ofSeconds(20)).until(() -> requests.running() == 0);
    }

    @ParameterizedTest
    @EnumSource
    void aFilterMayTryAgainWhatHasFailedBeforeItsStreamBegan(Carrier carrier) {
        assertThat(on(carrier).get("/second-time").getBody()).isEqualTo("data: 2\n\n");
    }

    @Test
    void aLoopThatHasEndedAnswersAndKeepsNoPlace() {
        IOLoop loop = IOLoop.create();
        loop.close();
        CoroutineRequests requests = new CoroutineRequests(1, 1);
        Mono<Returned> handling = HandledRequest.of(
                loop,
                requests,
                MockServerWebExchange.from(MockServerHttpRequest.get("/")),
                Duration.ofSeconds(1),
                Mono.never());
        assertThatExceptionOfType(LoopClosedException.class).isThrownBy(() -> handling.block(Duration.ofSeconds(20)));
        assertThat(requests.running()).isZero();
        assertThat(requests.waiting()).isZero();
    }

    @Test
    void whoGetsAPlaceAfterTheEndOfTheLoopDoesNotDisturbWhoHasHadIt() {
        IOLoop loop = IOLoop.create();
        CoroutineRequests requests = new CoroutineRequests(1, 1);
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
        Sinks.One<Returned> first = Sinks.one();
        CompletableFuture<?> firstEnd = HandledRequest.of(loop, requests, exchange, null, first.asMono())
                .toFuture();
        CompletableFuture<?> secondEnd =
                HandledRequest.of(loop, requests, exchange, null, Mono.empty()).toFuture();
        loop.close();
        assertThat(requests.waiting()).isOne();
        first.tryEmitEmpty();
        assertThat(firstEnd).succeedsWithin(Duration.ofSeconds(20));
        assertThat(secondEnd).succeedsWithin(Duration.ofSeconds(20));
        assertThat(requests.running()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void theBinderOfASuperclassThatIsNotPublicCounts(Carrier carrier) {
        on(carrier).get("/inherited?name=first"); // which shows the application's resolvers
        assertThat(on(carrier).get("/inherited?name=second").getBody()).isEqualTo("null");
    }

    @ParameterizedTest
    @EnumSource
    void theBodyOfAResponseEntityIsAPartOfTheAnswersTime(Carrier carrier) {
        assertThat(on(carrier).get("/entity/mono").getStatusCode()).isEqualTo(HttpStatus.GATEWAY_TIMEOUT);
        assertThat(on(carrier).get("/entity/flux").getStatusCode()).isEqualTo(HttpStatus.GATEWAY_TIMEOUT);
        ResponseEntity<String> answer = on(carrier).get("/entity/there");
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.ACCEPTED);
        assertThat(answer.getHeaders().getFirst("X-Own")).isEqualTo("own");
        assertThat(answer.getBody()).isEqualTo("there");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Streams.class, Inheriting.class, Entities.class})
    static class Application {

        @Bean
        CoroutineWebFilter again() {
            return (exchange, chain) -> {
                try {
                    chain.proceed();
                } catch (IllegalStateException ex) {
                    chain.proceed();
                }
            };
        }
    }

    @RestController
    @Coroutine
    static class Streams {

        int calls;

        final CompletableFuture<String> gate = new CompletableFuture<>();

        @GetMapping("/events")
        void events(EventStream out, @RequestParam int number) {
            out.send(number);
        }

        @PostMapping("/upload")
        String upload(RequestStream in, @RequestParam int number) {
            return in.text() + number;
        }

        @GetMapping("/held")
        String held() {
            return await(gate);
        }

        @GetMapping("/second-time")
        void secondTime(EventStream out) {
            if (++calls % 2 == 1) {
                throw new IllegalStateException("the first time");
            }
            out.send(2);
        }

        @ExceptionHandler
        ResponseEntity<String> handle(ServerWebInputException failure) {
            return ResponseEntity.status(HttpStatus.GONE).body(await(Mono.just("bad input")));
        }

        @ExceptionHandler
        String handle(RequestRefusedException failure) {
            return await(Mono.just("refused"));
        }
    }

    static class Inherited {

        @InitBinder
        public void bind(WebDataBinder binder) {
            binder.setDisallowedFields("name");
        }
    }

    @RestController
    public static class Inheriting extends Inherited {

        @Coroutine
        @GetMapping("/inherited")
        public String named(@ModelAttribute Named named) {
            return String.valueOf(named.getName());
        }
    }

    public static class Named {

        private String name;

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }
    }

    @RestController
    @Coroutine
    @TimeLimit("200ms")
    static class Entities {

        @GetMapping("/entity/mono")
        ResponseEntity<Mono<String>> mono() {
            return ResponseEntity.ok(Mono.never());
        }

        @GetMapping("/entity/flux")
        ResponseEntity<Flux<String>> flux() {
            return ResponseEntity.ok(Flux.never());
        }

        @GetMapping("/entity/there")
        ResponseEntity<Mono<String>> there() {
            return ResponseEntity.accepted().header("X-Own", "own").body(Mono.just("there"));
        }
    }
}
