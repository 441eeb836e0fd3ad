package dev.asyncloop.spring.web;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.server.WebSession;
import reactor.core.publisher.Mono;

/** On the event-loop carrier server, client, timers and handlers run on one platform thread. */
class OneLoopTest {

    @ParameterizedTest
    @ValueSource(strings = {"spring.threads.virtual.enabled=false", "spring.threads.virtual.enabled=true"})
    void everythingRunsOnOnePlatformThread(String property) throws Exception {
        try (TestApplication application = TestApplication.start(Application.class, property)) {
            String expected = application.bean(IOLoop.class).runSync(OneLoopTest::platformThread);
            CompletableFuture<String> timer = new CompletableFuture<>();
            application.bean(IOLoop.class).callLater(Duration.ofMillis(1), () -> timer.complete(platformThread()));
            assertThat(timer.get(20, TimeUnit.SECONDS)).isEqualTo(expected);
            for (String path : new String[] {"/coroutine", "/session", "/client"}) {
                assertThat(application.get(path).getBody()).as(path).isEqualTo(expected);
            }
            if (property.endsWith("false")) {
                assertThat(application.get("/reactive").getBody()).isEqualTo(expected);
            }
        }
    }

    @Test
    void withAUsersResourceFactoryHandlersStillHopToTheLoop() {
        try (TestApplication application = TestApplication.start(List.of(Application.class, OwnResources.class))) {
            String expected = application.bean(IOLoop.class).runSync(OneLoopTest::platformThread);
            assertThat(application.get("/coroutine").getBody()).isEqualTo(expected);
            assertThat(application.get("/reactive").getBody()).isNotEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aManagementPortOfItsOwnIsServedByAThreadOfItsOwnOrIfWantedByTheSame(boolean onTheLoop) {
        try (TestApplication application = TestApplication.start(
                List.of(Application.class, WhereEndpoint.class),
                "management.server.port=0",
                "ioloop.web.management=" + onTheLoop,
                "management.endpoints.web.exposure.include=where")) {
            String loop = application.bean(IOLoop.class).runSync(OneLoopTest::platformThread);
            String port = application.context().getEnvironment().getRequiredProperty("local.management.port");
            assertThat(port).isNotEqualTo(String.valueOf(application.port()));
            String where = WebClient.create("http://127.0.0.1:" + port)
                    .get()
                    .uri("/actuator/where")
                    .retrieve()
                    .bodyToMono(String.class)
                    .block(Duration.ofSeconds(30));
            if (onTheLoop) {
                assertThat(where).isEqualTo(loop);
            } else {
                assertThat(where).contains("ioloop-management-");
            }
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("ioloop-management-"));
    }

    @Test
    void theContextCanBeStoppedAndStartedAgain() {
        try (TestApplication application = TestApplication.start(Application.class)) {
            application.context().stop();
            application.context().start();
            assertThat(((ReactiveWebServerApplicationContext) application.context())
                            .getWebServer()
                            .getPort())
                    .isPositive();
            WebClient client = WebClient.create("http://127.0.0.1:" + application.port());
            assertThat(client.get()
                            .uri("/coroutine")
                            .retrieve()
                            .bodyToMono(String.class)
                            .block())
                    .isNotEmpty();
        }
    }

    /** A virtual thread's text ends with the carrier that it is mounted on. */
    static String platformThread() {
        String text = Thread.currentThread().toString();
        return text.substring(text.indexOf('@') + 1);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    static class OwnResources {

        @Bean
        ReactorResourceFactory mine() {
            return new ReactorResourceFactory();
        }
    }

    @Endpoint(id = "where")
    static class WhereEndpoint {

        @ReadOperation
        Mono<String> where() {
            return Mono.fromSupplier(OneLoopTest::platformThread);
        }
    }

    @RestController
    static class Handlers {

        private final ReactorResourceFactory resources;

        Handlers(ReactorResourceFactory resources) {
            this.resources = resources;
        }

        @Coroutine
        @GetMapping("/coroutine")
        String coroutine() {
            return platformThread();
        }

        @Coroutine
        @GetMapping("/session")
        String session(WebSession session) {
            return platformThread();
        }

        @GetMapping("/reactive")
        Mono<String> reactive() {
            return Mono.fromSupplier(OneLoopTest::platformThread);
        }

        @Coroutine
        @GetMapping("/client")
        String client(org.springframework.http.server.reactive.ServerHttpRequest request) {
            String base = "http://127.0.0.1:" + request.getLocalAddress().getPort();
            return await(WebClient.builder()
                    .clientConnector(new ReactorClientHttpConnector(resources, client -> client))
                    .baseUrl(base)
                    .build()
                    .get()
                    .uri("/coroutine")
                    .retrieve()
                    .bodyToMono(String.class)
                    .map(body -> body.equals(platformThread()) ? body : body + " but the client " + platformThread()));
        }
    }
}
