package dev.asyncloop.spring.metrics;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Task;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.spring.ApplicationPerCarrier;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.WebSocketMapping;
import dev.asyncloop.spring.http.AsyncHttpClientBuilder;
import dev.asyncloop.spring.periodic.PeriodicCallbacks;
import dev.asyncloop.spring.periodic.PeriodicTask;
import dev.asyncloop.spring.web.stream.EventStream;
import dev.asyncloop.websocket.WebSocket;
import dev.asyncloop.websocket.WebSocketClient;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;

/** The meters of a running application, as a Prometheus has them and as the actuator shows them. */
class MetricsTest {

    private static final ApplicationPerCarrier APPLICATIONS = new ApplicationPerCarrier(
            Application.class, "test.prometheus=true", "management.endpoints.web.exposure.include=metrics,prometheus");

    @AfterAll
    static void stop() {
        APPLICATIONS.close();
    }

    /** The value of a meter; {@code count} of a timer. Those of several are added up. */
    private static double value(TestApplication application, IOLoopMeter meter, String... tags) {
        var found = application
                .bean(MeterRegistry.class)
                .find(meter.getName())
                .tags(tags)
                .meters();
        assertThat(found).as("%s %s", meter.getName(), Arrays.toString(tags)).isNotEmpty();
        return found.stream()
                .mapToDouble(one -> StreamSupport.stream(one.measure().spliterator(), false)
                        .filter(part -> part.getStatistic() != Statistic.TOTAL_TIME)
                        .mapToDouble(Measurement::getValue)
                        .sum())
                .sum();
    }

    private static double seconds(TestApplication application, IOLoopMeter meter, String... tags) {
        return application.bean(MeterRegistry.class).get(meter.getName()).tags(tags).functionTimers().stream()
                .mapToDouble(timer -> timer.totalTime(TimeUnit.SECONDS))
                .sum();
    }

    private static void untilAsserted(ThrowingRunnable assertion) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(assertion);
    }

    @ParameterizedTest
    @EnumSource
    void everyMeterThatIsDeclaredIsThereAsDeclaredAndNoOther(Carrier carrier) {
        MeterRegistry registry = APPLICATIONS.on(carrier).bean(MeterRegistry.class);
        Map<String, String> declared = new TreeMap<>();
        for (IOLoopMeter meter : IOLoopMeter.values()) {
            declared.put(
                    meter.getName(),
                    meter.getType() + " in " + meter.getBaseUnit() + " with "
                            + Arrays.stream(meter.getKeyNames())
                                    .map(KeyName::asString)
                                    .collect(Collectors.toCollection(TreeSet::new))
                            + ": " + meter.description());
        }
        Map<String, String> registered = new TreeMap<>();
        for (Meter meter : registry.getMeters()) {
            Meter.Id id = meter.getId();
            if (id.getName().startsWith("ioloop.")) {
                String seen = id.getType() + " in " + id.getBaseUnit() + " with "
                        + id.getTags().stream().map(Tag::getKey).collect(Collectors.toCollection(TreeSet::new)) + ": "
                        + id.getDescription();
                String other = registered.put(id.getName(), seen);
                assertThat(other == null || other.equals(seen)).isTrue();
            }
        }
        assertThat(registered).isEqualTo(declared);
        String scraped =
                "\n" + APPLICATIONS.on(carrier).get("/actuator/prometheus").getBody();
        assertThat(Arrays.stream(IOLoopMeter.values())
                        .flatMap(meter -> PrometheusNames.of(meter).stream())
                        .filter(name -> !scraped.contains("\n" + name + " ") && !scraped.contains("\n" + name + "{")))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void theActuatorAnswers(Carrier carrier) {
        TestApplication application = APPLICATIONS.on(carrier);
        assertThat(application.get("/actuator/metrics/ioloop.lag").getBody())
                .contains("\"name\":\"ioloop.lag\"", "\"baseUnit\":\"seconds\"", IOLoopMeter.LAG.description())
                .contains("{\"tag\":\"loop\",\"values\":[\"ioloop\"]}");
        assertThat(application.get("/actuator/prometheus").getBody())
                .contains("ioloop_lag_seconds{loop=\"ioloop\"} ")
                .contains("ioloop_turns_total{loop=\"ioloop\"} ")
                .contains("ioloop_http_client_phase_seconds_count{client=\"ioLoopHttpClient\",phase=\"queue\"} ");
    }

    @ParameterizedTest
    @EnumSource
    void coroutinesAndCallbacksAreTimed(Carrier carrier) {
        TestApplication application = APPLICATIONS.on(carrier);
        IOLoop loop = application.bean(IOLoop.class);
        String[] coroutines = {"kind", "coroutine", "outcome", "returned"};
        String[] callbacks = {"kind", "callback", "outcome", "returned"};
        double started = value(application, IOLoopMeter.COROUTINES_STARTED);
        double turns = value(application, IOLoopMeter.TURNS);
        double ended = value(application, IOLoopMeter.COROUTINES_DURATION, coroutines);
        double called = value(application, IOLoopMeter.COROUTINES_DURATION, callbacks);
        double lived = seconds(application, IOLoopMeter.COROUTINES_DURATION, coroutines);
        double busy = value(application, IOLoopMeter.BUSY);
        for (int i = 0; i < 10; i++) {
            assertThat(loop.runSync(() -> 1)).isEqualTo(1);
        }
        loop.addCallback(() -> {});
        loop.runSync(() -> 1);
        assertThat(value(application, IOLoopMeter.COROUTINES_STARTED)).isGreaterThanOrEqualTo(started + 12);
        assertThat(value(application, IOLoopMeter.TURNS)).isGreaterThanOrEqualTo(turns + 12);
        assertThat(value(application, IOLoopMeter.COROUTINES_DURATION, coroutines))
                .isGreaterThanOrEqualTo(ended + 11);
        assertThat(value(application, IOLoopMeter.COROUTINES_DURATION, callbacks))
                .isGreaterThanOrEqualTo(called + 1);
        assertThat(seconds(application, IOLoopMeter.COROUTINES_DURATION, coroutines))
                .isGreaterThan(lived);
        assertThat(value(application, IOLoopMeter.COROUTINES_DURATION_MAX, coroutines))
                .isPositive();
        untilAsserted(() -> assertThat(value(application, IOLoopMeter.BUSY)).isGreaterThan(busy));
    }

    @ParameterizedTest
    @EnumSource
    void aBlockedLoopShowsItsLagAndSinceWhenItIsHeld(Carrier carrier) throws Exception {
        TestApplication application = APPLICATIONS.on(carrier);
        IOLoop loop = application.bean(IOLoop.class);
        CompletableFuture<String> holds = new CompletableFuture<>();
        CompletableFuture<String> end = new CompletableFuture<>();
        Task<?> blocking = loop.spawn("blocking", () -> {
            holds.complete("");
            return block(end);
        });
        try {
            holds.get(20, TimeUnit.SECONDS);
            loop.addCallback(() -> {});
            untilAsserted(() -> {
                assertThat(value(application, IOLoopMeter.LAG)).isPositive();
                assertThat(value(application, IOLoopMeter.LAG_MAX)).isPositive();
                assertThat(value(application, IOLoopMeter.HELD)).isPositive();
                assertThat(value(application, IOLoopMeter.STALLED)).isPositive();
                assertThat(value(application, IOLoopMeter.WAITING)).isPositive();
                assertThat(value(application, IOLoopMeter.BUSY_SHARE)).isPositive();
                assertThat(value(application, IOLoopMeter.COROUTINES_LIVE)).isGreaterThanOrEqualTo(2);
            });
        } finally {
            end.complete("");
        }
        blocking.get(20, TimeUnit.SECONDS);
        untilAsserted(() -> {
            assertThat(value(application, IOLoopMeter.HELD)).isZero();
            assertThat(value(application, IOLoopMeter.LAG)).isZero();
            assertThat(value(application, IOLoopMeter.LAG_PERCENTILE, "phi", "0.99"))
                    .isBetween(0d, value(application, IOLoopMeter.LAG_MAX));
            assertThat(value(application, IOLoopMeter.LAG_MAX)).isPositive();
        });
    }

    /** Keeps the turn: not a wait of the loop's. */
    static String block(CompletableFuture<String> end) throws Exception {
        return end.get(60, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void callsOfTheExecutorAreCounted(Carrier carrier) throws Exception {
        TestApplication application = APPLICATIONS.on(carrier);
        double completed = value(application, IOLoopMeter.EXECUTOR_COMPLETED);
        CompletableFuture<String> end = new CompletableFuture<>();
        Task<?> call = application.bean(IOLoop.class).runInExecutor(() -> block(end));
        untilAsserted(() ->
                assertThat(value(application, IOLoopMeter.EXECUTOR_ACTIVE)).isEqualTo(1));
        assertThat(value(application, IOLoopMeter.EXECUTOR_THREADS)).isPositive();
        end.complete("");
        call.get(20, TimeUnit.SECONDS);
        untilAsserted(() -> {
            assertThat(value(application, IOLoopMeter.EXECUTOR_ACTIVE)).isZero();
            assertThat(value(application, IOLoopMeter.EXECUTOR_COMPLETED)).isEqualTo(completed + 1);
        });
    }

    @ParameterizedTest
    @EnumSource
    void aRequestThatFetchesIsOneOfEach(Carrier carrier) {
        TestApplication application = APPLICATIONS.on(carrier);
        String[] client = {"client", "ioLoopHttpClient"};
        String[] success = {"client", "ioLoopHttpClient", "outcome", "success"};
        double fetched = value(application, IOLoopMeter.CLIENT_REQUESTS, success);
        double spent = seconds(application, IOLoopMeter.CLIENT_REQUESTS, success);
        Disposable request = application
                .client()
                .get()
                .uri("/fetches")
                .retrieve()
                .bodyToMono(String.class)
                .subscribe();
        Handlers handlers = application.bean(Handlers.class);
        untilAsserted(() -> {
            assertThat(value(application, IOLoopMeter.REQUESTS_ACTIVE)).isEqualTo(2);
            assertThat(value(application, IOLoopMeter.CLIENT_ACTIVE, client)).isEqualTo(1);
            assertThat(value(
                            application,
                            IOLoopMeter.CLIENT_CONNECTIONS,
                            "client",
                            "ioLoopHttpClient",
                            "state",
                            "active"))
                    .isEqualTo(1);
            assertThat(value(application, IOLoopMeter.SERVER_CONNECTIONS)).isGreaterThanOrEqualTo(2);
        });
        handlers.open.complete("");
        untilAsserted(() -> {
            assertThat(request.isDisposed()).isTrue();
            assertThat(value(application, IOLoopMeter.REQUESTS_ACTIVE)).isZero();
            assertThat(value(application, IOLoopMeter.CLIENT_ACTIVE, client)).isZero();
            assertThat(value(application, IOLoopMeter.CLIENT_REQUESTS, success)).isEqualTo(fetched + 1);
            assertThat(seconds(application, IOLoopMeter.CLIENT_REQUESTS, success))
                    .isGreaterThan(spent);
            assertThat(value(
                            application, IOLoopMeter.CLIENT_CONNECTIONS, "client", "ioLoopHttpClient", "state", "idle"))
                    .isEqualTo(1);
        });
        for (String phase : Set.of("queue", "resolve", "connect", "first_byte", "body")) {
            assertThat(value(application, IOLoopMeter.CLIENT_PHASE, "client", "ioLoopHttpClient", "phase", phase))
                    .as(phase)
                    .isPositive();
        }
        assertThat(value(application, IOLoopMeter.CLIENT_PHASE, "client", "ioLoopHttpClient", "phase", "tls"))
                .isZero();
        assertThat(value(
                        application, IOLoopMeter.CLIENT_PHASE_MAX, "client", "ioLoopHttpClient", "phase", "first_byte"))
                .isPositive();
        assertThat(value(application, IOLoopMeter.CLIENT_CONNECTIONS_OPENED, client))
                .isPositive();
        assertThat(value(application, IOLoopMeter.CLIENT_REQUESTS, "client", "another"))
                .isZero(); // there, though no candidate for injection by type
    }

    @ParameterizedTest
    @EnumSource
    void aWebSocketIsOneOnEachSide(Carrier carrier) throws Exception {
        TestApplication application = APPLICATIONS.on(carrier);
        String[] server = {"role", "server", "client", "none"};
        String[] client = {"role", "client", "client", "ioLoopWebSocketClient"};
        double opened = value(application, IOLoopMeter.WEBSOCKET_OPENED, server);
        WebSocket socket = application
                .bean(WebSocketClient.class)
                .connect("ws://127.0.0.1:" + application.port() + "/echo")
                .get(20, TimeUnit.SECONDS);
        untilAsserted(() -> {
            assertThat(value(application, IOLoopMeter.WEBSOCKET_CONNECTIONS, server))
                    .isEqualTo(1);
            assertThat(value(application, IOLoopMeter.WEBSOCKET_CONNECTIONS, client))
                    .isEqualTo(1);
        });
        assertThat(value(application, IOLoopMeter.WEBSOCKET_OPENED, server)).isEqualTo(opened + 1);
        double closed = value(application, IOLoopMeter.WEBSOCKET_CLOSED, server);
        application.bean(IOLoop.class).runSync(() -> {
            socket.send("hello");
            assertThat(socket.texts().iterator().next()).isEqualTo("hello");
            socket.close();
            return socket.awaitClosed();
        });
        untilAsserted(() -> {
            assertThat(value(application, IOLoopMeter.WEBSOCKET_CONNECTIONS, server))
                    .isZero();
            assertThat(value(application, IOLoopMeter.WEBSOCKET_CONNECTIONS, client))
                    .isZero();
            assertThat(value(application, IOLoopMeter.WEBSOCKET_CLOSED, server)).isEqualTo(closed + 1);
        });
    }

    @ParameterizedTest
    @EnumSource
    void whatAnEventStreamsClientDoesNotTakeWaitsInItsOutbox(Carrier carrier) {
        TestApplication application = APPLICATIONS.on(carrier);
        double opened = value(application, IOLoopMeter.SSE_OPENED);
        BaseSubscriber<String> reader = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(1);
            }
        };
        application
                .client()
                .get()
                .uri("/events")
                .retrieve()
                .bodyToFlux(String.class)
                .subscribe(reader);
        untilAsserted(() -> {
            assertThat(value(application, IOLoopMeter.SSE_CONNECTIONS)).isEqualTo(1);
            assertThat(value(application, IOLoopMeter.SSE_OUTBOX)).isPositive();
        });
        assertThat(value(application, IOLoopMeter.SSE_OPENED)).isEqualTo(opened + 1);
        double closed = value(application, IOLoopMeter.SSE_CLOSED);
        reader.dispose();
        untilAsserted(() -> {
            assertThat(value(application, IOLoopMeter.SSE_CONNECTIONS)).isZero();
            assertThat(value(application, IOLoopMeter.SSE_OUTBOX)).isZero();
            assertThat(value(application, IOLoopMeter.SSE_CLOSED)).isEqualTo(closed + 1);
        });
    }

    @ParameterizedTest
    @EnumSource
    void callsOfPeriodicMethodsAreThoseOfTheirTasks(Carrier carrier) {
        TestApplication application = APPLICATIONS.on(carrier);
        String[] swept = {"task", "sweep", "outcome", "returned"};
        String[] failed = {"task", "sweep", "outcome", "failed"};
        Handlers handlers = application.bean(Handlers.class);
        PeriodicTask sweep =
                Objects.requireNonNull(application.bean(PeriodicCallbacks.class).task("sweep"));
        assertThat(sweep.trigger()).isTrue();
        untilAsserted(() -> assertThat(value(application, IOLoopMeter.PERIODIC_ACTIVE, "task", "sweep"))
                .isEqualTo(1));
        handlers.swept.complete("");
        untilAsserted(() ->
                assertThat(value(application, IOLoopMeter.PERIODIC_RUNS, swept)).isEqualTo(1));
        assertThat(seconds(application, IOLoopMeter.PERIODIC_RUNS, swept)).isPositive();
        assertThat(value(application, IOLoopMeter.PERIODIC_ACTIVE, "task", "sweep"))
                .isZero();
        assertThat(sweep.trigger()).isTrue();
        untilAsserted(() -> assertThat(value(application, IOLoopMeter.PERIODIC_RUNS, failed))
                .isEqualTo(1));
        assertThat(value(application, IOLoopMeter.PERIODIC_RUNS, swept)).isEqualTo(1);
        assertThat(value(application, IOLoopMeter.PERIODIC_SKIPPED, "task", "sweep"))
                .isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aPeriodicMethodOfABeanThatIsMadeLateHasItsMetersFromThenOn(Carrier carrier) {
        TestApplication application = APPLICATIONS.on(carrier);
        MeterRegistry registry = application.bean(MeterRegistry.class);
        String[] task = {"task", "late"};
        assertThat(registry.find(IOLoopMeter.PERIODIC_RUNS.getName()).tags(task).meters())
                .isEmpty();
        application.bean(Late.class);
        untilAsserted(
                () -> assertThat(value(application, IOLoopMeter.PERIODIC_RUNS, "task", "late", "outcome", "returned"))
                        .isEqualTo(1));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {

        @Bean
        @Lazy
        Late lateBean() {
            return new Late();
        }

        @Bean(defaultCandidate = false)
        AsyncHttpClient another(AsyncHttpClientBuilder builder) {
            return builder.build();
        }
    }

    static class Late {

        @Periodic(every = "10h", initialDelay = "0", name = "late")
        void run() {}
    }

    @RestController
    @Coroutine
    static class Handlers {

        private final AsyncHttpClient http;

        private final ApplicationContext context;

        private final CompletableFuture<String> open = new CompletableFuture<>();

        private final CompletableFuture<String> swept = new CompletableFuture<>();

        Handlers(AsyncHttpClient http, ApplicationContext context) {
            this.http = http;
            this.context = context;
        }

        @GetMapping("/fetches")
        String fetches() {
            int port = ((WebServerApplicationContext) context).getWebServer().getPort();
            return await(http.fetch("http://localhost:" + port + "/gate")).text();
        }

        @GetMapping("/gate")
        String gate() {
            return "through" + await(open);
        }

        @Periodic(every = "10h", name = "sweep")
        void sweep() {
            if (swept.isDone()) {
                throw new IllegalStateException("on purpose");
            }
            await(swept);
        }

        @GetMapping("/events")
        void events(EventStream out) {
            String large = "x".repeat(10_000);
            while (true) {
                out.send(large);
            }
        }

        @WebSocketMapping("/echo")
        void echo(WebSocket socket) {
            for (String text : socket.texts()) {
                socket.send(text);
            }
        }
    }
}
