package dev.asyncloop.spring.loop;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopClosedException;
import dev.asyncloop.Task;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;

@ExtendWith(OutputCaptureExtension.class)
class IOLoopLifecycleTest {

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void requestsAndCoroutinesFinishWhileTheirBeansAreThere(String carrier) throws Exception {
        TestApplication application = TestApplication.start(
                Application.class,
                "ioloop.carrier=" + carrier,
                "ioloop.name=orderly-" + carrier,
                "spring.lifecycle.timeout-per-shutdown-phase=20s");
        Handlers handlers = application.bean(Handlers.class);
        CompletableFuture<ResponseEntity<String>> answer = application
                .client()
                .get()
                .uri("/inflight")
                .exchangeToMono(response -> response.toEntity(String.class))
                .toFuture();
        assertThat(handlers.arrived.await(20, TimeUnit.SECONDS)).isTrue();
        Repository repository = application.bean(Repository.class);
        Task<String> background = application.bean(IOLoop.class).spawn("background", () -> {
            await(repository.lastCall);
            return repository.find();
        });

        Instant start = Instant.now();
        application.close();
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(15));

        assertThat(answer.get(20, TimeUnit.SECONDS).getStatusCode()).isEqualTo(HttpStatus.OK);
        assertThat(background.join()).isEqualTo("found");
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("orderly-" + carrier));
    }

    @Test
    void whatUsesUpTheGracePeriodIsCancelledAndNamed(CapturedOutput output) {
        TestApplication application =
                TestApplication.start(Application.class, "spring.lifecycle.timeout-per-shutdown-phase=200ms");
        Task<String> endless =
                application.bean(IOLoop.class).spawn("the endless one", () -> await(new CompletableFuture<String>()));
        application.close();
        assertThatThrownBy(endless::join).isInstanceOf(CancellationException.class);
        assertThat(output).contains("the endless one");
    }

    @Test
    void aStoppedOrPausedContextLeavesItsLoopRunning() {
        try (TestApplication application = TestApplication.start(Application.class)) {
            IOLoop loop = application.bean(IOLoop.class);
            application.context().pause();
            assertThat(loop.<Integer>runSync(() -> 1)).isEqualTo(1);
            application.context().restart();
            application.context().stop();
            assertThat(loop.<Integer>runSync(() -> 2)).isEqualTo(2);
            application.context().start();
            assertThat(WebClient.create("http://127.0.0.1:" + application.port())
                            .get()
                            .uri("/quick")
                            .retrieve()
                            .bodyToMono(String.class)
                            .block(Duration.ofSeconds(30)))
                    .isEqualTo("quick");
        }
    }

    @Test
    void aStartThatFailsLeavesNoLoopBehind() {
        assertThatThrownBy(() -> TestApplication.start(Failing.class, "ioloop.name=failed-start"))
                .hasStackTraceContaining("on purpose");
        assertThatThrownBy(() -> Failing.loop.spawn(() -> 1)).isInstanceOf(LoopClosedException.class);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Handlers.class, Repository.class, LastCall.class})
    static class Application {}

    @RestController
    static class Handlers {

        final CountDownLatch arrived = new CountDownLatch(1);

        private final CompletableFuture<String> released = new CompletableFuture<>();

        @Coroutine
        @GetMapping("/inflight")
        String inFlight() {
            arrived.countDown();
            return await(released);
        }

        @Coroutine
        @GetMapping("/quick")
        String quick() {
            return "quick";
        }

        @EventListener
        void closing(ContextClosedEvent event) {
            released.complete("late, but whole");
        }
    }

    /** Like a data source: of no use any more when it is destroyed. */
    static class Repository implements DisposableBean {

        final CompletableFuture<String> lastCall = new CompletableFuture<>();

        private volatile boolean destroyed;

        String find() {
            return destroyed ? "destroyed too early" : "found";
        }

        @Override
        public void destroy() {
            destroyed = true;
        }
    }

    /** Stops just before the loop, and lets the background coroutine go on when that has begun to close. */
    static class LastCall implements SmartLifecycle {

        private final IOLoop loop;

        private final Repository repository;

        private boolean running;

        LastCall(IOLoop loop, Repository repository) {
            this.loop = loop;
            this.repository = repository;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
            loop.callLater(Duration.ofMillis(100), () -> repository.lastCall.complete("now"));
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return IOLoopLifecycle.PHASE + 1;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Failing {

        static volatile IOLoop loop;

        @Bean
        String failing(IOLoop loop) {
            Failing.loop = loop;
            throw new IllegalStateException("on purpose");
        }
    }
}
