package dev.asyncloop.spring.pages;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.spring.web.CoroutineFunctions.coroutine;
import static dev.asyncloop.spring.web.CoroutineFunctions.coroutineFilter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.web.reactive.function.server.RouterFunctions.route;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.web.CoroutineWebFilter;
import dev.asyncloop.spring.web.CoroutineWebFilterChain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The snippets of the page on functional routes and filters: compiled here, and the same there. */
class RoutesPageTest {

    record Purchase(String id, int amount) {}

    @Component
    static class Orders {

        Purchase find(String id) {
            Async.sleep(Duration.ofMillis(1));
            return new Purchase(id, 1);
        }

        String save(Purchase order) {
            Async.sleep(Duration.ofMillis(1));
            return order.id();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Routes {

        @Bean
        RouterFunction<ServerResponse> orderRoutes(Orders orders) {
            return route().GET("/orders/{id}", coroutine(request -> {
                        Purchase order = orders.find(request.pathVariable("id")); // waits
                        return await(ServerResponse.ok().bodyValue(order));
                    }))
                    .POST("/orders", coroutine(request -> {
                        String id = orders.save(await(request.bodyToMono(Purchase.class)));
                        return await(ServerResponse.status(HttpStatus.CREATED).bodyValue(id));
                    }))
                    .build();
        }
    }

    static RouterFunction<ServerResponse> timed(RouterFunction<ServerResponse> routes) {
        return routes.filter(coroutineFilter((request, next) -> {
            long start = System.nanoTime();
            ServerResponse response = next.handle(request); // waits for the handler's response
            request.exchange()
                    .getResponse()
                    .getHeaders()
                    .set("X-Millis", String.valueOf((System.nanoTime() - start) / 1_000_000));
            return response;
        }));
    }

    @Component
    static class Users {

        boolean isKnown(String token) {
            return await(IOLoop.current().runInExecutor(() -> token.equals("Ada")));
        }
    }

    @Component
    @Order(1)
    static class TokenFilter implements CoroutineWebFilter {

        private final Users users;

        TokenFilter(Users users) {
            this.users = users;
        }

        @Override
        public void filter(ServerWebExchange exchange, CoroutineWebFilterChain chain) throws Exception {
            String token = exchange.getRequest().getHeaders().getFirst("X-Token");
            if (token == null || !users.isKnown(token)) { // waits
                exchange.getResponse().setStatusCode(HttpStatus.UNAUTHORIZED);
                return;
            }
            chain.proceed(exchange, context -> context.put("token", token)); // waits until it is answered
        }
    }

    @RestController
    static class Tokens {

        @GetMapping("/token")
        Mono<String> token() {
            return Mono.deferContextual(context -> Mono.just(context.get("token")));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Orders.class, Routes.class, Users.class, TokenFilter.class, Tokens.class})
    static class Application {

        @Bean
        RouterFunction<ServerResponse> timedRoute() {
            return timed(route().GET("/timed", request -> ServerResponse.ok().build())
                    .build());
        }
    }

    @Test
    void thePageShowsWhatIsCompiledHere() throws IOException {
        String here =
                squeeze(Files.readString(Path.of("src/test/java/dev/asyncloop/spring/pages/RoutesPageTest.java")));
        List<String> snippets = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/functional-routes.md")))
                .results()
                .map(found -> squeeze(found.group(1)))
                .toList();
        assertThat(snippets).hasSize(3).allSatisfy(snippet -> assertThat(here).contains(snippet));
    }

    private static String squeeze(String text) {
        return text.replaceAll("\\s+", "").replace("staticclass", "class");
    }

    @Test
    void theyRun() {
        try (TestApplication application = TestApplication.start(Application.class)) {
            assertThat(application.get("/orders/1").getStatusCode()).isEqualTo(HttpStatus.UNAUTHORIZED);
            assertThat(application
                            .exchange(
                                    application.client().get().uri("/orders/1").header("X-Token", "Ada"))
                            .getBody())
                    .isEqualTo("{\"id\":\"1\",\"amount\":1}");
            assertThat(application
                            .exchange(application
                                    .client()
                                    .post()
                                    .uri("/orders")
                                    .header("X-Token", "Ada")
                                    .bodyValue(new Purchase("2", 3)))
                            .getStatusCode())
                    .isEqualTo(HttpStatus.CREATED);
            assertThat(application
                            .exchange(application.client().get().uri("/token").header("X-Token", "Ada"))
                            .getBody())
                    .isEqualTo("Ada");
            assertThat(application
                            .exchange(application.client().get().uri("/timed").header("X-Token", "Ada"))
                            .getHeaders()
                            .getFirst("X-Millis"))
                    .isNotNull();
        }
    }
}
