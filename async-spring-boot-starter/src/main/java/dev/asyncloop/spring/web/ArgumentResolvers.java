package dev.asyncloop.spring.web;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;

/** The application's argument resolvers, and for each parameter the one that resolves it. */
final class ArgumentResolvers {

    private final List<HandlerMethodArgumentResolver> all;

    private final Map<MethodParameter, HandlerMethodArgumentResolver> known = new ConcurrentHashMap<>();

    ArgumentResolvers(List<HandlerMethodArgumentResolver> all) {
        this.all = List.copyOf(all);
    }

    /** Returns the resolver of a parameter, or {@code null} if nobody resolves it. */
    @Nullable
    HandlerMethodArgumentResolver of(MethodParameter parameter) {
        HandlerMethodArgumentResolver resolver = known.get(parameter);
        if (resolver == null) {
            resolver = find(parameter);
            if (resolver != null) {
                known.put(parameter, resolver);
            }
        }
        return resolver;
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
