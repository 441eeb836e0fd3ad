package dev.asyncloop.spring.web;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.util.Assert;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.SyncHandlerMethodArgumentResolver;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.Fuseable;
import reactor.core.publisher.Mono;

/**
 * The arguments of one call of a handler. Most are there at once; only what has to be read or looked up is waited for.
 */
final class HandlerArguments {

    private static final Object NO_VALUE = new Object();

    private final @Nullable Object[] values;

    private final List<Mono<Object>> pending = new ArrayList<>(0);

    private HandlerArguments(int count) {
        this.values = new @Nullable Object[count];
    }

    /**
     * Starts to resolve the arguments.
     * @param resolvers one for each parameter
     * @throws Exception if one can't be resolved
     */
    static HandlerArguments resolve(
            MethodParameter[] parameters,
            @Nullable HandlerMethodArgumentResolver[] resolvers,
            BindingContext binding,
            ServerWebExchange exchange)
            throws Exception {
        HandlerArguments arguments = new HandlerArguments(parameters.length);
        for (int i = 0; i < parameters.length; i++) {
            arguments.resolve(i, parameters[i], resolvers[i], binding, exchange);
        }
        return arguments;
    }

    private void resolve(
            int place,
            MethodParameter parameter,
            @Nullable HandlerMethodArgumentResolver resolver,
            BindingContext binding,
            ServerWebExchange exchange)
            throws Exception {
        Assert.state(
                resolver != null,
                () -> "Could not resolve parameter [" + parameter.getParameterIndex() + "] in "
                        + parameter.getExecutable().toGenericString() + ": No suitable resolver");
        Mono<Object> argument = resolver.resolveArgument(parameter, binding, exchange);
        if (argument instanceof Fuseable.ScalarCallable<?> there) {
            values[place] = there.call();
        } else if (resolver instanceof SyncHandlerMethodArgumentResolver) {
            values[place] = ImmediateValue.of(argument);
        } else {
            pending.add(argument.doOnNext(value -> values[place] = value).defaultIfEmpty(NO_VALUE));
        }
    }

    /** Returns the values; complete only after {@link #then}. */
    @Nullable
    Object[] values() {
        return values;
    }

    /** Goes on when all arguments are there. */
    <T> Mono<T> then(ServerWebExchange exchange, Mono<T> next) {
        return switch (pending.size()) {
            case 0 -> next;
            case 1 -> readable(exchange, pending.getFirst()).then(next);
            default -> readable(exchange, Mono.when(pending)).then(next);
        };
    }

    private static <T> Mono<T> readable(ServerWebExchange exchange, Mono<T> arguments) {
        return GoneClient.watched(exchange, arguments).onErrorMap(UnreadableRequest::asWebError);
    }
}
