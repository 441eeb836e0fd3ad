package dev.asyncloop.spring.web;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Requests that do not come to a good end, and those beside them. */
@ExtendWith(OutputCaptureExtension.class)
class RefusedAndCancelledTest {

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aClientThatGoesAwayIsNoError(String carrier, CapturedOutput output) throws Exception {
        try (TestApplication application = TestApplication.start(
                Application.class, "ioloop.carrier=" + carrier, "ioloop.watchdog.slow-callback=10s")) {
            Handlers handlers = application.bean(Handlers.class);
            try (Socket socket = new Socket("127.0.0.1", application.port())) {
                socket.getOutputStream()
                        .write("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(handlers.arrived.await(20, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(handlers.ended.await(20, TimeUnit.SECONDS)).isTrue();
            MeterRegistry meters = application.bean(MeterRegistry.class);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> !meters.find("http.server.requests").timers().isEmpty());
            for (Timer timer : meters.find("http.server.requests").timers()) {
                assertThat(timer.getId().getTag("outcome")).isEqualTo("UNKNOWN");
                assertThat(timer.getId().getTag("exception")).isEqualTo("none");
            }
            assertThat(handlers.handled).hasValue(0);
            assertThat(output).doesNotContain("ERROR").doesNotContain("WARN");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aRequestThatTheEndOfTheApplicationCancelsIsNoError(String carrier, CapturedOutput output) throws Exception {
        TestApplication application = TestApplication.start(
                Application.class,
                "ioloop.carrier=" + carrier,
                "ioloop.watchdog.slow-callback=10s",
                "spring.lifecycle.timeout-per-shutdown-phase=200ms");
        Handlers handlers = application.bean(Handlers.class);
        try (Socket socket = new Socket("127.0.0.1", application.port())) {
            socket.getOutputStream().write("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(handlers.arrived.await(20, TimeUnit.SECONDS)).isTrue();
            application.close();
            assertThat(handlers.ended.await(20, TimeUnit.SECONDS)).isTrue();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer)
                    .satisfiesAnyOf(
                            nothing -> assertThat(nothing).isEmpty(),
                            unavailable -> assertThat(unavailable).startsWith("HTTP/1.1 503"));
        }
        assertThat(handlers.handled).hasValue(0);
        assertThat(output).doesNotContain("ERROR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aRequestThatIsCancelledByItsOwnLoopIsNoErrorOfTheHandler(String carrier, CapturedOutput output)
            throws Exception {
        try (TestApplication application = TestApplication.start(
                Application.class, "ioloop.carrier=" + carrier, "ioloop.watchdog.slow-callback=10s")) {
            Handlers handlers = application.bean(Handlers.class);
            try (Socket socket = new Socket("127.0.0.1", application.port())) {
                socket.getOutputStream()
                        .write("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(handlers.arrived.await(20, TimeUnit.SECONDS)).isTrue();
                application.bean(IOLoop.class).stop();
                assertThat(handlers.ended.await(20, TimeUnit.SECONDS)).isTrue();
                application.bean(IOLoop.class).awaitStopped();
            }
            assertThat(handlers.handled).hasValue(0);
            assertThat(output).doesNotContain("ERROR");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aRequestBeyondTheLimitOfCoroutinesGets503(String carrier) throws Exception {
        try (TestApplication application =
                TestApplication.start(Plain.class, "ioloop.carrier=" + carrier, "ioloop.coroutine.max=1")) {
            PlainHandlers handlers = application.bean(PlainHandlers.class);
            CompletableFuture<ResponseEntity<String>> first = application
                    .client()
                    .get()
                    .uri("/wait")
                    .exchangeToMono(response -> response.toEntity(String.class))
                    .toFuture();
            assertThat(handlers.arrived.await(20, TimeUnit.SECONDS)).isTrue();
            ResponseEntity<String> refused = application.get("/wait");
            assertThat(refused.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
            assertThat(refused.getHeaders().getFirst("Retry-After")).isEqualTo("1");
            handlers.released.complete("released");
            assertThat(first.get(20, TimeUnit.SECONDS).getBody()).isEqualTo("released");
        }
    }

    @Test
    void aThreadLocalOfOneCoroutineIsNotSeenByAnother() throws Exception {
        try (TestApplication application = TestApplication.start(Plain.class)) {
            PlainHandlers handlers = application.bean(PlainHandlers.class);
            CompletableFuture<ResponseEntity<String>> first = application
                    .client()
                    .get()
                    .uri("/wait")
                    .exchangeToMono(response -> response.toEntity(String.class))
                    .toFuture();
            assertThat(handlers.arrived.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(application.get("/mark").getBody()).isEqualTo("null");
            handlers.released.complete("released");
            assertThat(first.get(20, TimeUnit.SECONDS).getBody()).isEqualTo("released");
            assertThat(handlers.markAfterWait).isEqualTo("waiting");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(PlainHandlers.class)
    static class Plain {}

    @RestController
    static class Handlers {

        final CountDownLatch arrived = new CountDownLatch(1);

        final CountDownLatch ended = new CountDownLatch(1);

        final AtomicInteger handled = new AtomicInteger();

        @Coroutine
        @GetMapping("/wait")
        String waitForNobody() {
            try {
                arrived.countDown();
                return await(new CompletableFuture<String>());
            } finally {
                ended.countDown();
            }
        }

        @ExceptionHandler
        String any(Throwable failure) {
            handled.incrementAndGet();
            return "handled";
        }
    }

    @RestController
    static class PlainHandlers {

        final CountDownLatch arrived = new CountDownLatch(1);

        final CompletableFuture<String> released = new CompletableFuture<>();

        volatile String markAfterWait = "";

        @Coroutine
        @GetMapping("/wait")
        String waitForRelease() {
            MDC.put("mark", "waiting");
            arrived.countDown();
            String value = await(released);
            markAfterWait = MDC.get("mark");
            return value;
        }

        @Coroutine
        @GetMapping("/mark")
        String mark() {
            return String.valueOf(MDC.get("mark"));
        }
    }
}
