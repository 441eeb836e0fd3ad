package dev.asyncloop.spring.web.parity;

import static dev.asyncloop.Async.yieldNow;

import dev.asyncloop.spring.web.CoroutineWebFilter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

/** The same web filter, reactive and as a coroutine, before the same reactive handler. */
@Configuration(proxyBeanMethods = false)
@Import(Filtered.Handlers.class)
class Filtered {

    @RestController
    static class Handlers {

        @GetMapping("/{version}/filtered/{what}")
        Mono<String> handle(@PathVariable String what) {
            return Mono.deferContextual(context -> switch (what) {
                case "io" -> Mono.error(new IOException("from the handler"));
                case "state" -> Mono.error(new IllegalStateException("from the handler"));
                default -> Mono.just(what + ", " + context.getOrDefault("who", "nobody"));
            });
        }
    }

    private static boolean concerns(ServerWebExchange exchange, String version) {
        return exchange.getRequest().getPath().value().startsWith("/" + version + "/filtered/");
    }

    private static String what(ServerWebExchange exchange) {
        return exchange.getRequest().getQueryParams().toSingleValueMap().getOrDefault("filter", "pass");
    }

    private static ServerWebExchange mutated(ServerWebExchange exchange) {
        return exchange.mutate()
                .request(request -> request.path("/other/filtered/mutated"))
                .build();
    }

    private static Supplier<Mono<Void>> stamp(ServerWebExchange exchange) {
        return () -> {
            exchange.getResponse().getHeaders().set("X-Filter", "seen");
            return Mono.empty();
        };
    }

    private static Mono<Void> written(ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatus.ACCEPTED);
        return response.writeWith(
                Mono.just(response.bufferFactory().wrap("by the filter".getBytes(StandardCharsets.UTF_8))));
    }

    @Bean
    @Order(0)
    WebFilter reactiveFilter() {
        return (exchange, chain) -> {
            if (!concerns(exchange, "react")) {
                return chain.filter(exchange);
            }
            exchange.getResponse().beforeCommit(stamp(exchange));
            return switch (what(exchange)) {
                case "refuse" -> {
                    exchange.getResponse().setStatusCode(HttpStatus.UNAUTHORIZED);
                    yield Mono.empty();
                }
                case "write" -> written(exchange);
                case "throw" -> Mono.error(new ResponseStatusException(HttpStatus.PAYMENT_REQUIRED, "by the filter"));
                case "throwchecked" -> Mono.error(new IOException("from the filter"));
                case "mutate" -> chain.filter(mutated(exchange));
                case "context" -> chain.filter(exchange).contextWrite(context -> context.put("who", "Ada"));
                case "recover" -> chain.filter(exchange).onErrorResume(IOException.class, failure -> written(exchange));
                case "replace" ->
                    chain.filter(exchange)
                            .onErrorMap(failure ->
                                    new ResponseStatusException(HttpStatus.BAD_GATEWAY, failure.getMessage()));
                default -> chain.filter(exchange);
            };
        };
    }

    @Bean
    @Order(0)
    CoroutineWebFilter coroutineFilter() {
        return (exchange, chain) -> {
            if (!concerns(exchange, "await")) {
                chain.proceed();
                return;
            }
            yieldNow();
            exchange.getResponse().beforeCommit(stamp(exchange));
            switch (what(exchange)) {
                case "refuse" -> exchange.getResponse().setStatusCode(HttpStatus.UNAUTHORIZED);
                case "write" -> dev.asyncloop.Async.await(written(exchange));
                case "throw" -> throw new ResponseStatusException(HttpStatus.PAYMENT_REQUIRED, "by the filter");
                case "throwchecked" -> throw new IOException("from the filter");
                case "mutate" -> chain.proceed(mutated(exchange));
                case "context" -> chain.proceed(exchange, context -> context.put("who", "Ada"));
                case "recover" -> {
                    try {
                        chain.proceed();
                    } catch (IOException ex) {
                        dev.asyncloop.Async.await(written(exchange));
                    }
                }
                case "replace" -> {
                    try {
                        chain.proceed();
                    } catch (Exception ex) {
                        throw new ResponseStatusException(HttpStatus.BAD_GATEWAY, ex.getMessage());
                    }
                }
                default -> {
                    chain.proceed();
                    yieldNow();
                }
            }
        };
    }
}
