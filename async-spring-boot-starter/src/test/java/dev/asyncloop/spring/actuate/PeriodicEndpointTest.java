package dev.asyncloop.spring.actuate;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.PeriodicCallback;
import dev.asyncloop.PeriodicStatus;
import dev.asyncloop.Promise;
import dev.asyncloop.spring.ApplicationPerCarrier;
import dev.asyncloop.spring.IOLoopCustomizer;
import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.periodic.PeriodicCallbacks;
import dev.asyncloop.testing.ManualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void sample(Carrier carrier) throws Exception {
        try (TestApplication application = APPLICATIONS.on(carrier)) {
            advance(application, 70);
            steer(application, "board.refresh", "trigger");
            until(() -> get(application, "/board.refresh").path("runs").asLong() == 3);
            System.out.println(get(application, "").toPrettyString());
            System.out.println(application.get("/actuator/scheduledtasks"));
            System.out.println(application.get("/actuator/periodic/bord.refresh"));
            System.out.println(post(application, "board.refresh", "{\"action\": \"start\"}"));
            System.out.println(post(application, "board.refresh", "{}"));
            System.out.println(application.exchange(application.client().post().uri("/actuator/periodic/board.refresh")));
        }
    }
}
