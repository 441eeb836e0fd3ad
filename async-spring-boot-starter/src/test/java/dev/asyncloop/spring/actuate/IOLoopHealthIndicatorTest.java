package dev.asyncloop.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.SlowCallback;
import dev.asyncloop.spring.ApplicationPerCarrier;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IOLoopHealthIndicatorTest {

    private static final String[] PROPERTIES = {
        "ioloop.watchdog.down-after=300ms",
        "ioloop.watchdog.quiet-start=0s",
        "management.endpoints.web.exposure.include=health,ioloop,coroutines",
        "management.endpoint.health.show-details=always",
        "management.endpoint.health.group.liveness.include=livenessState,ioloop",
        "management.endpoint.health.group.readiness.include=readinessState,ioloop",
        "spring.lifecycle.timeout-per-shutdown-phase=1s" // when a test has failed
    };

    private final ApplicationPerCarrier applications = new ApplicationPerCarrier(Application.class, PROPERTIES);

    private TestApplication on(Carrier carrier) {
        return ready(applications.on(carrier));
    }

    /** Loads classes on the event loop, which may take longer than is allowed here. */
    private static TestApplication ready(TestApplication application) {
        application.get("/hello");
        application.bean(Handlers.class).renew();
        return application;
    }

    @AfterAll
    void close() {
        applications.close();
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
        TestApplication application = on(carrier);
        ResponseEntity<String> answer = application.get("/actuator/health");
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.OK);
        assertThat(answer.getBody())
                .contains("\"ioloop\":{")
                .contains("\"carrier\":\"" + carrier + "\"")
                .contains("\"state\":\"RUNNING\"");
        assertThat(health(application).getDetails())
                .containsEntry("loop", "ioloop")
                .containsEntry("coroutines", 0)
                .containsKeys("transport", "slowCallbacks", "lag")
                .doesNotContainKeys("heldBy", "overduePeriodics");
    }

    /** I/O goes on while a coroutine waits in its turn, so the endpoint answers on the same port. */
    @ParameterizedTest
    @EnumSource(Carrier.class)
    void aLoopWhoseTurnIsKeptIsDownAndSaysWhoKeepsIt(Carrier carrier) throws Exception {
        TestApplication application = on(carrier);
        assertThat(application.get("/actuator/health/liveness").getStatusCode()).isEqualTo(HttpStatus.OK);
        assertThat(application.get("/actuator/health/readiness").getStatusCode())
                .isEqualTo(HttpStatus.OK);
        request(application, "/waits");
        until(() -> health(application).getDetails().get("held") == SlowCallback.Held.TURN);
        assertThat(health(application).getStatus()).isEqualTo(Status.DOWN);
        assertThat(health(application).getDetails())
                .hasEntrySatisfying("heldBy", name -> assertThat((String) name).contains("waits"))
                .hasEntrySatisfying("what", what -> assertThat((String) what).contains("waits in the JDK"))
                .hasEntrySatisfying(
                        "heldFor", held -> assertThat((Duration) held).isGreaterThan(Duration.ofMillis(300)))
                .containsKeys("waiting", "wayOut", "stalledFor");
        ResponseEntity<String> answer = application.get("/actuator/health");
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
        assertThat(answer.getBody()).contains("\"held\":\"TURN\"");
        for (String group : new String[] {"liveness", "readiness"}) {
            ResponseEntity<String> probe = application.get("/actuator/health/" + group);
            assertThat(probe.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
            assertThat(probe.getBody()).contains("\"" + group + "State\":{\"status\":\"UP\"}", "\"held\":\"TURN\"");
        }
        application.bean(Handlers.class).go.countDown();
        untilUp(application);
        assertThat(application.get("/actuator/health/liveness").getStatusCode()).isEqualTo(HttpStatus.OK);
    }

    /** The whole carrier is held: only a management server of its own can say so. */
    @Test
    void aManagementPortOfItsOwnAnswersWhileTheCarrierIsHeld() throws Exception {
        List<String> properties = new ArrayList<>(List.of(PROPERTIES));
        properties.add("ioloop.carrier=event-loop");
        properties.add("management.server.port=0");
        try (TestApplication application =
                TestApplication.start(Application.class, properties.toArray(String[]::new))) {
            String port = application.context().getEnvironment().getRequiredProperty("local.management.port");
            WebClient management = TestApplication.onceTo(Integer.parseInt(port));
            for (String path : new String[] {"/computes", "/filter"}) {
                ready(application);
                request(application, path);
                untilDown(application);
                String held = path.equals("/filter") ? "\"held\":\"EVENT_LOOP\"" : "\"held\":\"TURN\"";
                ResponseEntity<String> answer =
                        application.exchange(management.get().uri("/actuator/health/liveness"));
                assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
                assertThat(answer.getBody()).contains(held, "computes");
                assertThat(application
                                .exchange(management.get().uri("/actuator/ioloop"))
                                .getBody())
                        .contains("\"state\":\"BLOCKED\"", held, "computes", "spin");
                assertThat(application
                                .exchange(management.get().uri("/actuator/coroutines"))
                                .getBody())
                        .contains("\"state\":\"BLOCKED\"", held, "\"beside\":" + !path.equals("/filter"));
                application.bean(Handlers.class).over.set(true);
                untilUp(application);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void aBlockingCallOfOnesOwnHandlerIsNamed(Carrier carrier, CapturedOutput output) throws Exception {
        TestApplication application = on(carrier);
        Disposable client = request(application, "/calls-itself");
        untilDown(application);
        until(() -> String.valueOf(health(application).getDetails().get("what")).contains("waits for a socket"));
        until(() -> output.getOut().contains("it waits for a socket in the JDK"));
        assertThat(output).contains("If the other end is this application, a @Coroutine handler of it can't answer");
        client.dispose(); // which does not reach a call that blocks
        application.bean(Handlers.class).caller().interrupt();
        untilUp(application);
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void aBlockedMonoOfOnesOwnHandlerIsNamed(Carrier carrier, CapturedOutput output) throws Exception {
        TestApplication application = on(carrier);
        request(application, "/blocks-on-itself");
        untilDown(application);
        until(() -> String.valueOf(health(application).getDetails().get("what")).contains("waits in the JDK"));
        until(() -> output.getOut().contains("it waits in the JDK, for a java.util.concurrent.CountDownLatch"));
        assertThat(output).contains("BlockingSingleSubscriber", "use `await`");
        application.bean(Handlers.class).caller().interrupt();
        untilUp(application);
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

        volatile CountDownLatch go = new CountDownLatch(1);

        final AtomicBoolean over = new AtomicBoolean();

        void renew() {
            go = new CountDownLatch(1);
            over.set(false);
        }

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
