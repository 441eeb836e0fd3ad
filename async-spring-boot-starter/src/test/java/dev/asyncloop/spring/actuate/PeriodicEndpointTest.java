package dev.asyncloop.spring.actuate;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Promise;
import dev.asyncloop.spring.ApplicationPerCarrier;
import dev.asyncloop.spring.IOLoopCustomizer;
import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.autoconfigure.PeriodicAutoConfiguration;
import dev.asyncloop.spring.autoconfigure.PeriodicEndpointAutoConfiguration;
import dev.asyncloop.spring.periodic.PeriodicCallbacks;
import dev.asyncloop.testing.ManualClock;
import io.micrometer.observation.ObservationRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The endpoint of a real application whose clock stands until it is moved. */
class PeriodicEndpointTest {

    private static final ApplicationPerCarrier APPLICATIONS = new ApplicationPerCarrier(
            Application.class,
            "management.endpoints.web.exposure.include=*",
            "spring.lifecycle.timeout-per-shutdown-phase=1s");

    @AfterAll
    static void close() {
        APPLICATIONS.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        ManualClock manualClock() {
            return new ManualClock(Instant.parse("2026-11-30T09:00:00Z"));
        }

        @Bean
        IOLoopCustomizer standingClock(ManualClock clock) {
            return options -> options.withClock(clock);
        }

        @Bean
        Board board(ManualClock clock) {
            return new Board(clock);
        }

        @Bean
        Reports reports() {
            return new Reports();
        }

        @Bean
        Waiting waiting(IOLoop loop) {
            return new Waiting(loop);
        }
    }

    /** Of the page. */
    static class Board {

        private final ManualClock clock;

        private int calls;

        Board(ManualClock clock) {
            this.clock = clock;
        }

        @Periodic(every = "30s", timeout = "10s", name = "board.refresh")
        void refresh() {
            clock.advance(Duration.ofMillis(12));
            if (++calls == 2) {
                throw new IllegalStateException("no answer");
            }
        }
    }

    static class Reports {

        @Periodic(cron = "0 30 6 * * MON-FRI", zone = "Europe/Berlin", name = "reports.daily")
        void daily() {}

        @Periodic(delay = "1m", enabled = "false", name = "reports.draft")
        void draft() {}
    }

    static class Waiting {

        private final IOLoop loop;

        private final CountDownLatch held = new CountDownLatch(1);

        private volatile Promise<String> go;

        Waiting(IOLoop loop) {
            this.loop = loop;
            this.go = loop.promise("go");
        }

        @Periodic(every = "1h")
        void awaits() {
            await(go.task());
        }

        @Periodic(every = "1h")
        void holds() throws InterruptedException {
            held.await();
        }

        @Periodic(every = "1h")
        void idle() {}

        @Periodic(every = "1h")
        void waits() {}

        @Periodic(delay = "1h")
        void shown() {}

        @Periodic(every = "1h", initialDelay = "2h")
        void fails() {
            throw new IllegalStateException("no answer");
        }
    }

    // ---- asking

    private static JsonNode get(TestApplication application, String path) {
        ResponseEntity<String> answer = application.get("/actuator/periodic" + path);
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.OK);
        return JsonMapper.shared().readTree(answer.getBody());
    }

    private static ResponseEntity<String> post(TestApplication application, String name, String body) {
        return application.exchange(application
                .client()
                .post()
                .uri("/actuator/periodic/" + name)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body));
    }

    private static JsonNode steer(TestApplication application, String name, String action) {
        ResponseEntity<String> answer = post(application, name, "{\"action\": \"" + action + "\"}");
        assertThat(answer.getStatusCode()).as(answer.getBody()).isEqualTo(HttpStatus.OK);
        return JsonMapper.shared().readTree(answer.getBody());
    }

    private static String state(TestApplication application, String name) {
        return get(application, "/" + name).path("state").asString();
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("20 s are over").isLessThan(deadline);
            never.await(2, TimeUnit.MILLISECONDS);
        }
    }

    private static void advance(TestApplication application, int seconds) {
        IOLoop loop = application.bean(IOLoop.class);
        for (int i = 0; i < seconds; i++) {
            application.bean(ManualClock.class).advance(Duration.ofSeconds(1));
            for (int turns = 0; turns < 4; turns++) {
                loop.runSync(() -> null);
            }
        }
    }

    // ---- reading

    /** Nobody else moves the clock, or steers these tasks. */
    @ParameterizedTest
    @EnumSource(Carrier.class)
    void theSampleOfThePageIsWhatItAnswers(Carrier carrier) throws Exception {
        TestApplication application = APPLICATIONS.on(carrier);
        advance(application, 70);
        steer(application, "board.refresh", "trigger");
        until(() -> get(application, "/board.refresh").path("runs").asLong() == 3);
        ObjectNode answer = (ObjectNode) get(application, "");
        answer.withArray("tasks").removeIf(task -> task.path("name").asString().startsWith("waiting."));
        String page = Files.readString(Path.of("../docs/periodic.md"));
        String sample = page.substring(page.indexOf("<!-- sample:periodic -->"));
        sample = sample.substring(sample.indexOf("```json\n") + 8, sample.indexOf("\n```\n"));
        assertThat(answer.toPrettyString().replace(PeriodicEndpointTest.class.getName() + "$", "com.example."))
                .isEqualTo(sample);
        assertThat(get(application, "/reports.draft")).isEqualTo(answer.path("tasks").get(2));
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void whatIsNotThereIsNotFoundWithTheNamesThatAreNear(Carrier carrier) {
        TestApplication application = APPLICATIONS.on(carrier);
        ResponseEntity<String> read = application.get("/actuator/periodic/waiting.idel");
        ResponseEntity<String> write = post(application, "waiting.idel", "{\"action\": \"trigger\"}");
        assertThat(read.getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
        assertThat(write.getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
        assertThat(read.getBody())
                .isEqualTo(write.getBody())
                .isEqualTo("{\"message\":\"There is no periodic task 'waiting.idel'; did you mean 'waiting.idle'?\"}");
        assertThat(application.get("/actuator/periodic/nothing-like-it").getBody())
                .contains("there are 'board.refresh', 'reports.daily', 'reports.draft', 'waiting.awaits'");
        assertThat(application.bean(PeriodicEndpoint.class).task("nothing")).isNull();
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void itAnswersAndSteersWhileSomebodyKeepsTheTurn(Carrier carrier) throws Exception {
        TestApplication application = APPLICATIONS.on(carrier);
        steer(application, "waiting.holds", "trigger");
        until(() -> state(application, "waiting.holds").equals("RUNNING"));
        until(() -> application.bean(IOLoop.class).statistics().waiting() == 0); // those of the server have had their turns
        assertThat(steer(application, "waiting.waits", "trigger").path("runs").asLong())
                .isZero();
        assertThat(steer(application, "waiting.waits", "pause").path("state").asString())
                .isEqualTo("PAUSED");
        assertThat(get(application, "").path("tasks")).hasSize(9);
        application.bean(Waiting.class).held.countDown();
        until(() -> get(application, "/waiting.waits").path("runs").asLong() == 1);
    }

    // ---- steering

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void aTriggerOfWhatRunsIsAConflict(Carrier carrier) throws Exception {
        TestApplication application = APPLICATIONS.on(carrier);
        steer(application, "waiting.awaits", "trigger");
        until(() -> state(application, "waiting.awaits").equals("RUNNING"));
        assertThat(get(application, "/waiting.awaits").has("runningSince")).isTrue();
        ResponseEntity<String> again = post(application, "waiting.awaits", "{\"action\": \"trigger\"}");
        assertThat(again.getStatusCode()).isEqualTo(HttpStatus.CONFLICT);
        assertThat(again.getBody()).contains("A call of 'waiting.awaits' runs already", "never overlap");
        application.bean(Waiting.class).go.succeed("go");
        until(() -> state(application, "waiting.awaits").equals("SCHEDULED"));
        assertThat(get(application, "/waiting.awaits").path("runs").asLong()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void aTaskIsPausedTriggeredAndResumed(Carrier carrier) throws Exception {
        TestApplication application = APPLICATIONS.on(carrier);
        JsonNode paused = steer(application, "waiting.idle", "pause");
        assertThat(paused.path("state").asString()).isEqualTo("PAUSED");
        assertThat(paused.path("paused").asBoolean()).isTrue();
        assertThat(paused.has("next")).isFalse();
        steer(application, "waiting.idle", "trigger");
        until(() -> get(application, "/waiting.idle").has("last"));
        assertThat(state(application, "waiting.idle")).isEqualTo("PAUSED");
        JsonNode resumed = steer(application, "waiting.idle", "resume");
        assertThat(resumed.path("state").asString()).isEqualTo("SCHEDULED");
        assertThat(resumed.path("next").asString()).isEqualTo("2026-11-30T10:00:00Z");
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void whatCannotBeDoneIsRefusedWithWhatCan(Carrier carrier) {
        TestApplication application = APPLICATIONS.on(carrier);
        ResponseEntity<String> unknown = post(application, "waiting.idle", "{\"action\": \"start\"}");
        assertThat(unknown.getStatusCode()).isEqualTo(HttpStatus.BAD_REQUEST);
        assertThat(unknown.getBody()).contains("There is no action 'start'", "trigger", "pause", "resume");
        ResponseEntity<String> none = post(application, "waiting.idle", "{}");
        assertThat(none.getStatusCode()).isEqualTo(HttpStatus.BAD_REQUEST);
        assertThat(none.getBody()).contains("An action is missing", "trigger");
        ResponseEntity<String> disabled = post(application, "reports.draft", "{\"action\": \"resume\"}");
        assertThat(disabled.getStatusCode()).isEqualTo(HttpStatus.CONFLICT);
        assertThat(disabled.getBody())
                .contains("'reports.draft' is disabled", "ioloop.periodic.tasks.reports.draft.enabled=true");
        assertThatExceptionOfType(InvalidEndpointRequestException.class)
                .isThrownBy(() -> application.bean(PeriodicEndpoint.class).steer("waiting.idle", "start"))
                .withMessageContaining("There is no action 'start'");
    }

    @Test
    void withReadOnlyAccessNothingIsSteered() {
        try (TestApplication application = TestApplication.start(
                Application.class,
                "management.endpoints.web.exposure.include=periodic",
                "management.endpoint.periodic.access=read-only")) {
            assertThat(get(application, "").path("tasks")).hasSize(9);
            assertThat(get(application, "/waiting.idle").path("state").asString())
                    .isEqualTo("SCHEDULED");
            assertThat(post(application, "waiting.idle", "{\"action\": \"trigger\"}")
                            .getStatusCode())
                    .isEqualTo(HttpStatus.METHOD_NOT_ALLOWED);
        }
    }

    // ---- among Spring's own

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void theTasksAreAmongTheScheduledTasks(Carrier carrier) throws Exception {
        TestApplication application = APPLICATIONS.on(carrier);
        steer(application, "waiting.shown", "trigger");
        steer(application, "waiting.fails", "trigger");
        until(() -> get(application, "/waiting.shown").has("last"));
        until(() -> get(application, "/waiting.fails").has("last"));
        JsonNode answer = JsonMapper.shared()
                .readTree(application.get("/actuator/scheduledtasks").getBody());
        assertThat(answer.path("cron")).hasSize(1);
        assertThat(answer.at("/cron/0/expression").asString()).isEqualTo("0 30 6 * * MON-FRI");
        assertThat(answer.at("/cron/0/nextExecution").has("time")).isTrue();
        assertThat(answer.at("/cron/0").has("lastExecution")).isFalse();
        assertThat(answer.path("fixedDelay")).as("what is disabled is not there").hasSize(1);
        JsonNode shown = answer.at("/fixedDelay/0");
        assertThat(shown.at("/runnable/target").asString()).isEqualTo(Waiting.class.getName() + ".shown");
        assertThat(shown.path("interval").asLong()).isEqualTo(3_600_000);
        assertThat(shown.path("initialDelay").asLong()).isEqualTo(3_600_000);
        assertThat(shown.at("/lastExecution/status").asString()).isEqualTo("SUCCESS");
        assertThat(answer.path("fixedRate")).hasSize(6);
        JsonNode fails = answer.path("fixedRate").get(2); // by name
        assertThat(fails.at("/runnable/target").asString()).isEqualTo(Waiting.class.getName() + ".fails");
        assertThat(fails.path("initialDelay").asLong()).isEqualTo(7_200_000);
        assertThat(fails.at("/lastExecution/status").asString()).isEqualTo("ERROR");
        assertThat(fails.at("/lastExecution/exception/message").asString()).isEqualTo("no answer");
    }

    // ---- what there is around it

    @Test
    void whatItAnswersIsKnownToANativeImage() {
        RuntimeHints hints = new RuntimeHints();
        new PeriodicEndpoint.PeriodicEndpointRuntimeHints()
                .registerHints(hints, getClass().getClassLoader());
        for (Class<?> type : List.of(
                PeriodicEndpoint.TasksDescriptor.class,
                PeriodicEndpoint.TaskDescriptor.class,
                PeriodicEndpoint.RunDescriptor.class,
                PeriodicEndpointWebExtension.ProblemDescriptor.class)) {
            assertThat(RuntimeHintsPredicates.reflection().onType(type)).accepts(hints);
        }
    }

    @Test
    void itIsThereOnlyWhereItIsExposedAndThereAreTasks() {
        ApplicationContextRunner runner = new ApplicationContextRunner()
                .withInitializer(
                        context -> context.getEnvironment().setConversionService(new ApplicationConversionService()))
                .withConfiguration(AutoConfigurations.of(
                        PeriodicAutoConfiguration.class, PeriodicEndpointAutoConfiguration.class));
        runner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PeriodicEndpoint.class));
        ApplicationContextRunner exposed =
                runner.withPropertyValues("management.endpoints.web.exposure.include=periodic");
        exposed.run(context -> assertThat(context)
                .hasSingleBean(PeriodicEndpoint.class)
                .hasSingleBean(PeriodicEndpointWebExtension.class));
        exposed.withPropertyValues("management.endpoint.periodic.access=none")
                .run(context -> assertThat(context).doesNotHaveBean(PeriodicEndpoint.class));
        exposed.withPropertyValues("ioloop.periodic.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PeriodicEndpoint.class));
        exposed.withClassLoader(new FilteredClassLoader(Endpoint.class, ObservationRegistry.class))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(PeriodicCallbacks.class)
                        .doesNotHaveBean(PeriodicEndpoint.class)
                        .doesNotHaveBean("periodicObservations"));
    }
}
