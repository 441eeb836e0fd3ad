package dev.asyncloop.spring.web;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The application's argument resolvers, and for each parameter the one that resolves it. */
final class ArgumentResolvers {

    private final List<HandlerMethodArgumentResolver> all;

    private final Map<MethodParameter, HandlerMethodArgumentResolver> known = new ConcurrentHashMap<>();

    ArgumentResolvers(List<HandlerMethodArgumentResolver> all) {
        this.all = List.copyOf(all);
    }

    /** Starts to resolve an argument, or returns {@code null} if nobody can. */
    @Nullable
    Mono<Object> resolve(MethodParameter parameter, BindingContext binding, ServerWebExchange exchange) {
        HandlerMethodArgumentResolver resolver = known.get(parameter);
        if (resolver == null) {
            resolver = find(parameter);
            if (resolver == null) {
                return null;
            }
            known.put(parameter, resolver);
        }
        return resolver.resolveArgument(parameter, binding, exchange);
    }

    private @Nullable HandlerMethodArgumentResolver find(MethodParameter parameter) {
        for (HandlerMethodArgumentResolver resolver : all) {
            if (resolver.supportsParameter(parameter)) {
                return resolver;
            }
        }
        return null;
    }
}
