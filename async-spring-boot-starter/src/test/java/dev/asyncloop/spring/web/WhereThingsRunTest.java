package dev.asyncloop.spring.web;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.spring.web.OneLoopTest.platformThread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** Who shares which thread in settings other than the usual one. */
class WhereThingsRunTest {

    @Test
    void onTheJdksCarrierServerAndClientsShareTheOneEventLoopThread() {
        try (TestApplication application = TestApplication.start(Application.class, "ioloop.carrier=jdk")) {
            String eventLoop = application.get("/reactive").getBody();
            assertThat(eventLoop).isEqualTo(eventLoopThread(application.bean(IOLoop.class)));
            assertThat(application.get("/client").getBody()).isEqualTo(eventLoop);
            assertThat(application.get("/coroutine").getBody()).isEqualTo("true");
        }
    }

    @Test
    void aServerWithItsOwnLoopsHandsItsHandlersToTheLoop() {
        try (TestApplication application = TestApplication.start(Application.class, "ioloop.web.enabled=false")) {
            assertThat(application.get("/reactive").getBody())
                    .isNotEqualTo(eventLoopThread(application.bean(IOLoop.class)));
            assertThat(application.get("/coroutine").getBody()).isEqualTo("true");
        }
    }

    private static String eventLoopThread(IOLoop loop) {
        return loop.eventLoopGroup()
                .submit(OneLoopTest::platformThread)
                .syncUninterruptibly()
                .getNow();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {

        @Bean
        WebClient webClient(WebClient.Builder builder) {
            return builder.build();
        }
    }

    @RestController
    static class Handlers {

        private final WebClient client;

        Handlers(WebClient client) {
            this.client = client;
        }

        @GetMapping("/reactive")
        Mono<String> reactive() {
            return Mono.fromSupplier(OneLoopTest::platformThread);
        }

        @Coroutine
        @GetMapping("/coroutine")
        boolean coroutine() {
            return Async.inCoroutine();
        }

        /** Answers with the thread on which its own request was answered. */
        @Coroutine
        @GetMapping("/client")
        String client(ServerHttpRequest request) {
            return await(client.get()
                    .uri("http://127.0.0.1:" + request.getLocalAddress().getPort() + "/reactive")
                    .retrieve()
                    .bodyToMono(String.class)
                    .map(answer -> platformThread()));
        }
    }
}
