package dev.asyncloop.spring.web;

import dev.asyncloop.IOLoop;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.validation.method.MethodValidator;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.Fuseable;
import reactor.core.publisher.Mono;

/**
 * A handler method that is called in a coroutine, once its arguments are there.
 */
final class CoroutineHandlerMethod extends HandlerMethod {

    private static final Object NO_VALUE = new Object();

    private final IOLoop loop;

    private final ArgumentResolvers resolvers;

    private final @Nullable MethodValidator validator;

    CoroutineHandlerMethod(
            IOLoop loop, HandlerMethod method, ArgumentResolvers resolvers, @Nullable MethodValidator validator) {
        super(method);
        this.loop = loop;
        this.resolvers = resolvers;
        this.validator = validator;
    }

    Mono<HandlerResult> invoke(ServerWebExchange exchange, BindingContext binding) {
        MethodParameter[] parameters = getMethodParameters();
        @Nullable Object[] arguments = new @Nullable Object[parameters.length];
        List<Mono<Object>> pending = new ArrayList<>();
        try {
            for (int i = 0; i < parameters.length; i++) {
                resolve(parameters[i], i, arguments, pending, exchange, binding);
            }
        } catch (Exception ex) {
            return Mono.error(ex);
        }
        Mono<HandlerResult> call = loop.mono(name(exchange), () -> call(arguments, exchange, binding));
        return pending.isEmpty() ? call : Mono.zip(pending, values -> values).then(call);
    }

    /** Most arguments are there at once; only what has to be read or looked up is waited for. */
    private void resolve(
            MethodParameter parameter,
            int place,
            @Nullable Object[] arguments,
            List<Mono<Object>> pending,
            ServerWebExchange exchange,
            BindingContext binding)
            throws Exception {
        Mono<Object> argument = resolvers.resolve(parameter, binding, exchange);
        if (argument == null) {
            throw new IllegalStateException(formatArgumentError(parameter, "No suitable resolver"));
        }
        if (argument instanceof Fuseable.ScalarCallable<?> there) {
            arguments[place] = there.call();
        } else {
            pending.add(argument.doOnNext(value -> arguments[place] = value).defaultIfEmpty(NO_VALUE));
        }
    }

    private static String name(ServerWebExchange exchange) {
        Object pattern = exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        return exchange.getRequest().getMethod() + " "
                + (pattern != null ? pattern : exchange.getRequest().getPath());
    }

    /** Runs in the coroutine. */
    private @Nullable HandlerResult call(
            @Nullable Object[] arguments, ServerWebExchange exchange, BindingContext binding) throws Exception {
        if (validator != null && shouldValidateArguments()) {
            validator.applyArgumentValidation(
                    getBean(), getBridgedMethod(), getMethodParameters(), arguments, getValidationGroups());
        }
        Object value = call(arguments);
        HttpStatusCode status = getResponseStatus();
        if (status != null) {
            exchange.getResponse().setStatusCode(status);
        }
        if (value == null && isResponseHandled(arguments, exchange)) {
            return null;
        }
        return new HandlerResult(this, value, getReturnType(), binding);
    }

    private @Nullable Object call(@Nullable Object[] arguments) throws Exception {
        try {
            return getBridgedMethod().invoke(getBean(), arguments);
        } catch (IllegalArgumentException ex) {
            assertTargetBean(getBridgedMethod(), getBean(), arguments);
            throw new IllegalStateException(formatInvokeError("Illegal argument", arguments), ex);
        } catch (InvocationTargetException ex) {
            if (ex.getTargetException() instanceof Exception exception) {
                throw exception;
            }
            if (ex.getTargetException() instanceof Error error) {
                throw error;
            }
            throw ex;
        }
    }

    /** A handler that returns nothing may have written the response itself, through what it was given. */
    private boolean isResponseHandled(@Nullable Object[] arguments, ServerWebExchange exchange) {
        if (getResponseStatus() != null || exchange.isNotModified()) {
            return true;
        }
        for (Object argument : arguments) {
            if (argument instanceof ServerHttpResponse || argument instanceof ServerWebExchange) {
                return true;
            }
        }
        return false;
    }
}
