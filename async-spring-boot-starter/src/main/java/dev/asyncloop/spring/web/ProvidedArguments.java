package dev.asyncloop.spring.web;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.result.method.SyncHandlerMethodArgumentResolver;
import org.springframework.web.server.ServerWebExchange;

/** Resolves the arguments that are there already, by their type: a failure and its causes, the handler that has failed. */
final class ProvidedArguments implements SyncHandlerMethodArgumentResolver {

    private final @Nullable Object[] provided;

    ProvidedArguments(@Nullable Object... provided) {
        this.provided = provided;
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return find(parameter) != null;
    }

    @Override
    public @Nullable Object resolveArgumentValue(
            MethodParameter parameter, BindingContext binding, ServerWebExchange exchange) {
        return find(parameter);
    }

    private @Nullable Object find(MethodParameter parameter) {
        for (Object candidate : provided) {
            if (parameter.getParameterType().isInstance(candidate)) {
                return candidate;
            }
        }
        return null;
    }
}
