package dev.asyncloop.spring.web;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;

/**
 * The application's argument resolvers.
 * @param all in the order in which they are asked
 */
record ArgumentResolvers(List<HandlerMethodArgumentResolver> all) {

    /** Returns the resolver of each parameter, {@code null} where nobody resolves it; names the parameters on the way. */
    @Nullable
    HandlerMethodArgumentResolver[] of(MethodParameter[] parameters) {
        @Nullable
        HandlerMethodArgumentResolver[] found = new @Nullable HandlerMethodArgumentResolver[parameters.length];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i].initParameterNameDiscovery(DefaultParameterNameDiscoverer.getSharedInstance());
            found[i] = of(parameters[i]);
        }
        return found;
    }

    private @Nullable HandlerMethodArgumentResolver of(MethodParameter parameter) {
        for (HandlerMethodArgumentResolver resolver : all) {
            if (resolver.supportsParameter(parameter)) {
                return resolver;
            }
        }
        return null;
    }
}
