package dev.asyncloop.spring.web;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.inCoroutine;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.config.BlockingExecutionConfigurer;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** {@code @ExceptionHandler} methods that are coroutines, whatever has failed. */
@ExtendWith(OutputCaptureExtension.class)
class CoroutineExceptionHandlersTest {

    private static final Map<Carrier, TestApplication> APPLICATIONS = new HashMap<>();

    private static TestApplication on(Carrier carrier) {
        return APPLICATIONS.computeIfAbsent(
                carrier,
                key -> TestApplication.start(
                        Application.class,
                        "ioloop.carrier=" + key.name().toLowerCase(Locale.ROOT).replace('_', '-')));
    }

    @AfterAll
    static void close() {
        APPLICATIONS.values().forEach(TestApplication::close);
    }

    @ParameterizedTest
    @EnumSource
    void adviceAwaitsForCoroutinesReactiveAndBlockingHandlersAndTheirModelsAndArguments(Carrier carrier) {
        TestApplication application = on(carrier);
        for (String path : new String[] {"/coroutine", "/coroutinelater", "/reactive", "/reactivelater", "/blocking"}) {
            assertThat(application.get(path + "?fail=true").getBody())
                    .as(path)
                    .isEqualTo("a coroutine handles " + path.substring(1));
        }
        for (String path : new String[] {"/coroutine", "/reactive"}) {
            assertThat(application.get(path + "?model=true").getBody())
                    .as(path)
                    .isEqualTo("a coroutine handles " + path.substring(1));
            assertThat(application.get(path).getBody()).as(path).isEqualTo("a coroutine answers 400");
        }
    }

    @ParameterizedTest
    @EnumSource
    void adviceAwaitsForFunctionalRoutesAndForRequestsThatNobodyHandles(Carrier carrier) {
        assertThat(on(carrier).get("/nobody").getBody()).isEqualTo("a coroutine answers 404");
        assertThat(on(carrier).get("/route").getBody()).isEqualTo("a coroutine handles a route");
    }

    @ParameterizedTest
    @EnumSource
    void ordinaryExceptionHandlersBesideThemStayWhatTheyAre(Carrier carrier) {
        assertThat(on(carrier).get("/ordinary/local").getBody()).isEqualTo("the controller's own, no coroutine");
        assertThat(on(carrier).get("/ordinary/advice").getBody()).isEqualTo("advice for ordinary, no coroutine");
        assertThat(on(carrier).get("/coroutinelater?fail=false").getBody()).isEqualTo("not failed");
    }

    @ParameterizedTest
    @EnumSource
    void ordinaryHandlersBesideThemStayWhereTheyWere(Carrier carrier) {
        assertThat(on(carrier).get("/blocking?fail=false").getBody()).startsWith("blocker-");
    }

    @ParameterizedTest
    @EnumSource
    void oneThatFailsIsReportedAndTheFirstFailureCounts(Carrier carrier, CapturedOutput output) {
        for (String path : new String[] {"/failing/controller", "/failing/route"}) {
            ResponseEntity<String> answer = on(carrier).get(path);
            assertThat(answer.getStatusCode()).as(path).isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
        }
        assertThat(output)
                .contains("Failure in @ExceptionHandler")
                .contains("the second failure")
                .contains("java.lang.ArithmeticException: the first failure");
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatGoesAwayCancelsItsExceptionHandler(Carrier carrier) throws Exception {
        Advice advice = on(carrier).bean(Advice.class);
        try (Socket socket = new Socket("127.0.0.1", on(carrier).port())) {
            socket.getOutputStream()
                    .write("GET /ordinary/patient HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(advice.patient.await(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(advice.cancelled.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Coroutines.class, Ordinary.class, Advice.class})
    static class Application implements WebFluxConfigurer {

        @Override
        public void configureBlockingExecution(BlockingExecutionConfigurer configurer) {
            AsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("blocker-");
            configurer.setExecutor(executor);
        }

        @Bean
        RouterFunction<ServerResponse> routes() {
            return RouterFunctions.route()
                    .GET("/route", request -> Mono.error(new TimeoutException()))
                    .GET("/failing/route", request -> Mono.error(new ArithmeticException("the first failure")))
                    .build();
        }
    }

    private static void failIf(boolean fail) {
        if (fail) {
            throw new IllegalStateException();
        }
    }

    @Coroutine
    @RestController
    static class Coroutines {

        @ModelAttribute
        void model(@RequestParam(defaultValue = "false") boolean model) {
            failIf(model);
        }

        @GetMapping("/coroutine")
        String coroutine(@RequestParam boolean fail) {
            failIf(fail);
            return "not failed";
        }

        @GetMapping("/coroutinelater")
        String coroutinelater(@RequestParam boolean fail) {
            sleep(Duration.ofMillis(1));
            failIf(fail);
            return "not failed";
        }
    }

    @RestController
    static class Ordinary {

        @ModelAttribute
        Mono<Void> model(@RequestParam(defaultValue = "false") boolean model) {
            return Mono.delay(Duration.ofMillis(1))
                    .doOnNext(tick -> failIf(model))
                    .then();
        }

        @GetMapping("/reactive")
        Mono<String> reactive(@RequestParam boolean fail) {
            failIf(fail);
            return Mono.just("not failed");
        }

        @GetMapping("/reactivelater")
        Mono<String> reactivelater() {
            return Mono.delay(Duration.ofMillis(1)).then(Mono.error(new IllegalStateException()));
        }

        @GetMapping("/blocking")
        String blocking(@RequestParam boolean fail) {
            failIf(fail);
            return Thread.currentThread().getName();
        }

        @GetMapping("/ordinary/{how}")
        Mono<String> ordinary(@PathVariable String how) throws Exception {
            throw switch (how) {
                case "local" -> new InterruptedException();
                case "patient" -> new IOException();
                default -> new UnsupportedOperationException();
            };
        }

        @GetMapping("/failing/controller")
        Mono<String> failing() {
            throw new ArithmeticException("the first failure");
        }

        @ExceptionHandler
        String local(InterruptedException failure) {
            return "the controller's own, " + (inCoroutine() ? "a coroutine" : "no coroutine");
        }
    }

    @RestControllerAdvice
    static class Advice {

        final CountDownLatch patient = new CountDownLatch(1);

        final CountDownLatch cancelled = new CountDownLatch(1);

        @Coroutine
        @ExceptionHandler
        String state(IllegalStateException failure, HandlerMethod handler) {
            return await(IOLoop.current().runInExecutor(() -> "a coroutine handles "))
                    + handler.getMethod().getName();
        }

        @Coroutine
        @ExceptionHandler
        String route(TimeoutException failure) {
            return await(IOLoop.current().runInExecutor(() -> "a coroutine handles a route"));
        }

        @Coroutine
        @ExceptionHandler
        ResponseEntity<String> status(ResponseStatusException failure, ServerWebExchange exchange) {
            yieldNow();
            return ResponseEntity.status(failure.getStatusCode())
                    .body("a coroutine answers " + failure.getStatusCode().value());
        }

        @Coroutine
        @ExceptionHandler
        String failing(ArithmeticException failure) {
            yieldNow();
            throw new IllegalArgumentException("the second failure");
        }

        @Coroutine
        @ExceptionHandler
        void patient(IOException failure) {
            patient.countDown();
            try {
                sleep(Duration.ofHours(1));
            } finally {
                cancelled.countDown();
            }
        }

        @ExceptionHandler
        String ordinary(UnsupportedOperationException failure) {
            return "advice for ordinary, " + (inCoroutine() ? "a coroutine" : "no coroutine");
        }
    }
}
