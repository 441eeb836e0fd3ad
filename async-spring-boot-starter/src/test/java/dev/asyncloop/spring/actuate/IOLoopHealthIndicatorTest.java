package dev.asyncloop.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.SlowCallback;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.autoconfigure.IOLoopAutoConfiguration;
import dev.asyncloop.spring.autoconfigure.IOLoopHealthContributorAutoConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** The health of a real application's loop while somebody holds it. */
@ExtendWith(OutputCaptureExtension.class)
class IOLoopHealthIndicatorTest {

    private static TestApplication start(Carrier carrier, String... properties) {
        List<String> all = new ArrayList<>(List.of(properties));
        all.add("ioloop.carrier=" + (carrier == Carrier.JDK ? "jdk" : "event-loop"));
        all.add("ioloop.watchdog.down-after=300ms");
        all.add("ioloop.watchdog.quiet-start=0s");
        all.add("management.endpoint.health.show-details=always");
        all.add("spring.lifecycle.timeout-per-shutdown-phase=1s"); // when a test has failed
        TestApplication application = TestApplication.start(Application.class, all.toArray(String[]::new));
        application.get("/hello"); // loads classes on the event loop, which may take longer than is allowed here
        return application;
    }

    private static Health health(TestApplication application) {
        Health health = application.bean(IOLoopHealthIndicator.class).health(true);
        assertThat(health).isNotNull();
        return health;
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("20 s are over").isLessThan(deadline);
            never.await(5, TimeUnit.MILLISECONDS);
        }
    }

    private static void untilDown(TestApplication application) throws InterruptedException {
        until(() -> health(application).getStatus().equals(Status.DOWN));
    }

    private static void untilUp(TestApplication application) throws InterruptedException {
        until(() -> health(application).getStatus().equals(Status.UP));
    }

    private static Disposable request(TestApplication application, String path) {
        return application
                .client()
                .get()
                .uri(path)
                .retrieve()
                .bodyToMono(String.class)
                .onErrorComplete()
                .subscribe();
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void aFreeLoopIsUp(Carrier carrier) {
        try (TestApplication application = start(carrier)) {
            ResponseEntity<String> answer = application.get("/actuator/health");
            assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.OK);
            assertThat(answer.getBody()).contains("\"ioloop\":{").contains("\"carrier\":\"" + carrier + "\"");
            assertThat(health(application).getDetails())
                    .containsEntry("loop", "ioloop")
                    .containsEntry("coroutines", 0)
                    .containsKeys("transport", "slowCallbacks")
                    .doesNotContainKey("heldBy");
        }
    }

    /** I/O goes on while a coroutine waits in its turn, so the endpoint answers on the same port. */
    @ParameterizedTest
    @EnumSource(Carrier.class)
    void aLoopWhoseTurnIsKeptIsDownAndSaysWhoKeepsIt(Carrier carrier) throws Exception {
        try (TestApplication application = start(carrier)) {
            request(application, "/waits");
            until(() -> health(application).getDetails().get("held") == SlowCallback.Held.TURN);
            assertThat(health(application).getStatus()).isEqualTo(Status.DOWN);
            assertThat(health(application).getDetails())
                    .hasEntrySatisfying(
                            "heldBy", name -> assertThat((String) name).contains("waits"))
                    .hasEntrySatisfying(
                            "what", what -> assertThat((String) what).contains("waits in the JDK"))
                    .hasEntrySatisfying(
                            "heldFor", held -> assertThat((Duration) held).isGreaterThan(Duration.ofMillis(300)))
                    .containsKeys("waiting", "wayOut");
            ResponseEntity<String> answer = application.get("/actuator/health");
            assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
            assertThat(answer.getBody()).contains("\"held\":\"TURN\"");
            application.bean(Handlers.class).go.countDown();
            untilUp(application);
        }
    }

    /** The whole carrier is held: only a management server of its own can say so. */
    @ParameterizedTest
    @ValueSource(strings = {"/computes", "/filter"})
    void aManagementServerBesideTheLoopAnswersWhileTheCarrierIsHeld(String path) throws Exception {
        try (TestApplication application =
                start(Carrier.EVENT_LOOP, "management.server.port=0")) {
            request(application, path);
            untilDown(application);
            String port = application.context().getEnvironment().getRequiredProperty("local.management.port");
            ResponseEntity<String> answer = application.exchange(
                    WebClient.create("http://127.0.0.1:" + port).get().uri("/actuator/health"));
            assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
            assertThat(answer.getBody())
                    .contains(path.equals("/filter") ? "\"held\":\"EVENT_LOOP\"" : "\"held\":\"TURN\"", "computes");
            application.bean(Handlers.class).over.set(true);
            untilUp(application);
        }
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void aBlockingCallOfOnesOwnHandlerIsNamed(Carrier carrier, CapturedOutput output) throws Exception {
        try (TestApplication application = start(carrier)) {
            Disposable client = request(application, "/calls-itself");
            untilDown(application);
            until(() ->
                    String.valueOf(health(application).getDetails().get("what")).contains("waits for a socket"));
            until(() -> output.getOut().contains("it waits for a socket in the JDK"));
            assertThat(output)
                    .contains("If the other end is this application, a @Coroutine handler of it can't answer");
            client.dispose(); // which does not reach a call that blocks
            application.bean(Handlers.class).caller().interrupt();
            untilUp(application);
        }
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void aBlockedMonoOfOnesOwnHandlerIsNamed(Carrier carrier, CapturedOutput output) throws Exception {
        try (TestApplication application = start(carrier)) {
            request(application, "/blocks-on-itself");
            untilDown(application);
            until(() ->
                    String.valueOf(health(application).getDetails().get("what")).contains("waits in the JDK"));
            until(() -> output.getOut().contains("it waits in the JDK, for a java.util.concurrent.CountDownLatch"));
            assertThat(output).contains("BlockingSingleSubscriber", "use `await`");
            application.bean(Handlers.class).caller().interrupt();
            untilUp(application);
        }
    }

    @Test
    void itCanBeLeftOut() {
        ApplicationContextRunner runner = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        IOLoopAutoConfiguration.class, IOLoopHealthContributorAutoConfiguration.class));
        runner.run(context -> assertThat(context).hasSingleBean(IOLoopHealthIndicator.class));
        runner.withPropertyValues("management.health.ioloop.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(IOLoopHealthIndicator.class));
        runner.withClassLoader(new FilteredClassLoader(HealthIndicator.class))
                .run(context -> assertThat(context).hasSingleBean(IOLoop.class));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {}

    @RestController
    static class Handlers {

        final CountDownLatch go = new CountDownLatch(1);

        final AtomicBoolean over = new AtomicBoolean();

        private volatile Thread caller = Thread.currentThread();

        Thread caller() {
            return caller;
        }

        private String spin() {
            while (!over.get()) {
                Thread.onSpinWait();
            }
            return "over";
        }

        @Coroutine
        @GetMapping("/waits")
        String waits() throws InterruptedException {
            go.await();
            return "over";
        }

        @Coroutine
        @GetMapping("/computes")
        String computes() {
            return spin();
        }

        @GetMapping("/filter")
        Mono<String> onTheEventLoop() {
            return Mono.fromSupplier(this::spin);
        }

        @Coroutine
        @GetMapping("/calls-itself")
        String callsItself(ServerHttpRequest request) {
            caller = Thread.currentThread();
            return String.valueOf(RestClient.builder()
                    .requestFactory(new SimpleClientHttpRequestFactory())
                    .baseUrl(base(request))
                    .build()
                    .get()
                    .uri("/hello")
                    .retrieve()
                    .body(String.class));
        }

        @Coroutine
        @GetMapping("/blocks-on-itself")
        String blocksOnItself(ServerHttpRequest request) {
            caller = Thread.currentThread();
            return String.valueOf(WebClient.create(base(request))
                    .get()
                    .uri("/hello")
                    .retrieve()
                    .bodyToMono(String.class)
                    .block());
        }

        @Coroutine
        @GetMapping("/hello")
        String hello() {
            return "hello";
        }

        private static String base(ServerHttpRequest request) {
            return "http://127.0.0.1:" + request.getLocalAddress().getPort();
        }
    }
}
