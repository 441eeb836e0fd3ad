package dev.asyncloop.spring.web;

import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.spawn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Task;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.FetchResponse;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What a handler has started and returns is its answer, not cancelled at its end. */
class ReturnedTaskTest {

    private static TestApplication application;

    @BeforeAll
    static void start() {
        application = TestApplication.start(Application.class);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @Test
    void aChildThatIsReturnedIsTheAnswer() {
        assertThat(application.get("/child").getBody()).isEqualTo("from a child");
    }

    @Test
    void aDependentOfAFetchThatIsReturnedIsTheAnswer() {
        assertThat(application.get("/fetch").getBody()).isEqualTo("fetched from a child");
    }

    @Test
    void itsFailureGoesTheOrdinaryWay() {
        assertThat(application.get("/fails").getStatusCode()).isEqualTo(HttpStatus.INSUFFICIENT_STORAGE);
        assertThat(application.get("/fails").getBody()).isEqualTo("handled IOException");
    }

    @Test
    void aClientThatGoesAwayCancelsIt() throws Exception {
        Handlers handlers = application.bean(Handlers.class);
        try (Socket socket = new Socket("127.0.0.1", application.port())) {
            socket.getOutputStream()
                    .write("GET /forever HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(handlers.started.await(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(handlers.ended.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {}

    @RestController
    @Coroutine
    static class Handlers {

        final CountDownLatch started = new CountDownLatch(1);

        final CountDownLatch ended = new CountDownLatch(1);

        private final AsyncHttpClient http;

        Handlers(AsyncHttpClient http) {
            this.http = http;
        }

        @GetMapping("/child")
        Task<String> child() {
            return spawn(() -> {
                sleep(Duration.ofMillis(5));
                return "from a child";
            });
        }

        @GetMapping("/fetch")
        CompletionStage<String> fetch(ServerHttpRequest request) {
            return http.fetch("http://127.0.0.1:" + request.getLocalAddress().getPort() + "/child")
                    .thenApply(FetchResponse::text)
                    .thenApply(text -> "fetched " + text);
        }

        @GetMapping("/fails")
        Task<String> fails() {
            return spawn(() -> {
                sleep(Duration.ofMillis(5));
                throw new IOException("no disk");
            });
        }

        @GetMapping("/forever")
        Task<String> forever() {
            return spawn(() -> {
                started.countDown();
                try {
                    sleep(Duration.ofHours(1));
                    return "never";
                } finally {
                    ended.countDown();
                }
            });
        }

        @ExceptionHandler
        @ResponseStatus(HttpStatus.INSUFFICIENT_STORAGE)
        String handle(IOException failure) {
            return "handled " + failure.getClass().getSimpleName();
        }
    }
}
