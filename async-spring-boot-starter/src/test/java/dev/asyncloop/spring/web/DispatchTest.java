package dev.asyncloop.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/** Whatever an application has put before, behind or around its handlers counts for coroutines as for others. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DispatchTest {

    private TestApplication application;

    private TestApplication withOwnResults;

    @BeforeAll
    void start() {
        application = TestApplication.start(Application.class);
        withOwnResults = TestApplication.start(WithOwnResults.class);
    }

    @AfterAll
    void end() {
        application.close();
        withOwnResults.close();
    }

    private ResponseEntity<String> answered(String path) {
        ResponseEntity<String> ordinary = application.get("/ordinary" + path);
        ResponseEntity<String> answer = application.get("/coroutine" + path);
        assertThat(answer.getStatusCode()).isEqualTo(ordinary.getStatusCode());
        assertThat(answer.getBody()).isEqualTo(ordinary.getBody());
        return answer;
    }

    @Test
    void theDispatcherIsOneThatKnowsCoroutinesUnlessItIsTheApplicationsOwn() {
        assertThat(application.bean(DispatcherHandler.class)).isInstanceOf(CoroutineDispatcherHandler.class);
        DispatcherHandler own = new DispatcherHandler() {};
        Object left = new CoroutineDispatcherPostProcessor(application.context())
                .postProcessAfterInitialization(own, "webHandler");
        assertThat(left).isSameAs(own);
    }

    @Test
    void aMappingMayAnswerLater() {
        assertThat(answered("/late").getBody()).isEqualTo("late");
        assertThat(application.get("/later/found").getBody()).isEqualTo("by a mapping");
    }

    @Test
    void aMappingMayFail() {
        assertThat(application.get("/lost").getStatusCode()).isEqualTo(HttpStatus.GONE);
        assertThat(application.get("/nowhere").getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
    }

    @Test
    void whatIsDoneBeforeTheAnswerMayTakeItsTime() {
        assertThat(answered("/slow-commit").getBody()).isEqualTo("committed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/uncommitted", "/uncommitted/later"})
    void whatFailsBeforeTheAnswerIsForTheExceptionHandlers(String path) {
        ResponseEntity<String> answer = answered(path);
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.BAD_GATEWAY);
        assertThat(answer.getBody()).isEqualTo("instead: no place for it");
    }

    @Test
    void aFilterMayChangeTheBody() {
        assertThat(answered("/loud").getBody()).isEqualTo("LOUD");
    }

    @Test
    void whatFailsWhereItIsToBeWrittenIsForTheExceptionHandlers() {
        assertThat(answered("/deaf").getBody()).isEqualTo("instead: of the filter's response");
    }

    @Test
    void aRequestThatAFilterGivesUpWhileItsAnswerIsEncodedIsTheFilters() {
        for (String path : List.of("/ordinary/given-up", "/coroutine/given-up")) {
            // each on a connection of its own: answers from other threads may lose Reactor Netty its next request
            ResponseEntity<String> answer =
                    application.exchange(application.client().get().uri(path).header(HttpHeaders.CONNECTION, "close"));
            assertThat(answer.getStatusCode()).as(path).isEqualTo(HttpStatus.GATEWAY_TIMEOUT);
            assertThat(answer.getBody()).as(path).isEqualTo("given up");
        }
    }

    @Test
    void aFilterMayTryAgain() {
        assertThat(answered("/again").getBody()).isEqualTo("at last");
    }

    @Test
    void aRefusalByAFilterThatGoesOnStaysOne() {
        ResponseEntity<String> answer = answered("/refused");
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.FORBIDDEN);
        assertThat(answer.getBody()).isNull();
    }

    @Test
    void anOwnResultHandlerIsAskedBeforeSprings() {
        assertThat(withOwnResults.get("/coroutine/late").getBody()).isEqualTo("own: late");
        assertThat(withOwnResults.get("/ordinary/late").getBody()).isEqualTo("own: late");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Coroutines.class, Ordinary.class, Late.class})
    static class Application {

        @Bean
        WebFilter filter() {
            return (exchange, next) -> {
                String path = exchange.getRequest().getPath().value();
                ServerHttpResponse response = exchange.getResponse();
                if (path.endsWith("/slow-commit")) {
                    response.beforeCommit(() -> Mono.delay(Duration.ofMillis(5)).then());
                } else if (path.endsWith("/uncommitted")) {
                    response.beforeCommit(() -> Mono.error(new IllegalStateException("no place for it")));
                } else if (path.endsWith("/uncommitted/later")) {
                    response.beforeCommit(() -> Mono.delay(Duration.ofMillis(5))
                            .then(Mono.error(new IllegalStateException("no place for it"))));
                } else if (path.endsWith("/loud")) {
                    return next.filter(
                            exchange.mutate().response(new Loud(response)).build());
                } else if (path.endsWith("/deaf")) {
                    return next.filter(
                            exchange.mutate().response(new Deaf(response)).build());
                } else if (path.endsWith("/given-up")) {
                    Slow.GIVEN_UP.drainPermits();
                    return next.filter(exchange).timeout(Duration.ofMillis(50), Mono.defer(() -> giveUp(response)));
                } else if (path.endsWith("/again")) {
                    return next.filter(exchange).retry(1);
                } else if (path.endsWith("/refused")) {
                    response.setStatusCode(HttpStatus.FORBIDDEN);
                }
                return next.filter(exchange);
            };
        }
    }

    /** Answers a little after the encoding has gone on. */
    private static Mono<Void> giveUp(ServerHttpResponse response) {
        Slow.GIVEN_UP.release();
        return Mono.delay(Duration.ofMillis(50)).then(Mono.defer(() -> {
            response.setStatusCode(HttpStatus.GATEWAY_TIMEOUT);
            return response.writeWith(
                    Mono.just(response.bufferFactory().wrap("given up".getBytes(StandardCharsets.UTF_8))));
        }));
    }

    /** Its encoding takes until the filter has given up. */
    static final class Slow {

        static final Semaphore GIVEN_UP = new Semaphore(0);

        public boolean isGivenUp() throws InterruptedException {
            return GIVEN_UP.tryAcquire(20, TimeUnit.SECONDS);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Coroutines.class, Ordinary.class, OwnResults.class})
    static class WithOwnResults {}

    static final class Loud extends ServerHttpResponseDecorator {

        Loud(ServerHttpResponse response) {
            super(response);
        }

        @Override
        public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
            return super.writeWith(DataBufferUtils.join(body).map(whole -> {
                String text = whole.toString(StandardCharsets.UTF_8);
                DataBufferUtils.release(whole);
                return bufferFactory().wrap(text.toUpperCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
            }));
        }
    }

    /** Fails at the first body. */
    static final class Deaf extends ServerHttpResponseDecorator {

        private boolean heard;

        Deaf(ServerHttpResponse response) {
            super(response);
        }

        @Override
        public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
            if (!heard) {
                heard = true;
                throw new IllegalStateException("of the filter's response");
            }
            return super.writeWith(body);
        }
    }

    static final class Late implements HandlerMapping, Ordered {

        private static final WebHandler FOUND = exchange -> exchange.getResponse()
                .writeWith(Mono.just(
                        exchange.getResponse().bufferFactory().wrap("by a mapping".getBytes(StandardCharsets.UTF_8))));

        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }

        @Override
        public Mono<Object> getHandler(ServerWebExchange exchange) {
            String path = exchange.getRequest().getPath().value();
            if (path.equals("/lost")) {
                throw new ResponseStatusException(HttpStatus.GONE);
            }
            Mono<Long> later = Mono.delay(Duration.ofMillis(5));
            return path.equals("/later/found")
                    ? later.thenReturn(FOUND)
                    : path.endsWith("/late") ? later.then(Mono.empty()) : Mono.empty();
        }
    }

    static final class OwnResults implements HandlerResultHandler, Ordered {

        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }

        @Override
        public boolean supports(HandlerResult result) {
            return result.getReturnValue() instanceof String;
        }

        @Override
        public Mono<Void> handleResult(ServerWebExchange exchange, HandlerResult result) {
            byte[] text = ("own: " + result.getReturnValue()).getBytes(StandardCharsets.UTF_8);
            ServerHttpResponse response = exchange.getResponse();
            return response.writeWith(Mono.just(response.bufferFactory().wrap(text)));
        }
    }

    @Coroutine
    @RestController
    @RequestMapping("/coroutine")
    static class Coroutines extends Handlers {}

    @RestController
    @RequestMapping("/ordinary")
    static class Ordinary extends Handlers {}

    abstract static class Handlers {

        private final AtomicInteger tries = new AtomicInteger();

        @GetMapping("/late")
        String late() {
            return "late";
        }

        @GetMapping("/slow-commit")
        String slowCommit() {
            return "committed";
        }

        @GetMapping({"/uncommitted", "/uncommitted/later"})
        String uncommitted() {
            return "never";
        }

        @GetMapping("/loud")
        String loud() {
            return "loud";
        }

        @GetMapping("/deaf")
        String deaf() {
            return "never";
        }

        @GetMapping("/given-up")
        Slow givenUp() {
            return new Slow();
        }

        @GetMapping("/again")
        String again() {
            if (tries.getAndIncrement() == 0) {
                throw new UnsupportedOperationException("not yet");
            }
            return "at last";
        }

        @GetMapping("/refused")
        String refused() {
            return "never";
        }

        @ExceptionHandler
        ResponseEntity<String> instead(IllegalStateException failure) {
            return ResponseEntity.status(HttpStatus.BAD_GATEWAY).body("instead: " + failure.getMessage());
        }
    }
}
