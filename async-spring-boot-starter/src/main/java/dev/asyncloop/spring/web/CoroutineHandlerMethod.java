package dev.asyncloop.spring.web;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.SwitchOn;
import dev.asyncloop.spring.web.stream.StreamedExchange;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.validation.method.MethodValidator;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.DispatchExceptionHandler;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * A handler method that is called in a coroutine, once its arguments are there.
 */
final class CoroutineHandlerMethod extends HandlerMethod {

    private final IOLoop loop;

    private final MethodParameter[] parameters;

    /** The resolver of each parameter; {@code null} for one that nobody resolves, which is said to who asks for it. */
    private final @Nullable HandlerMethodArgumentResolver[] resolvers;

    private final @Nullable MethodValidator validator;

    private final @Nullable ReactiveAdapterRegistry reactiveTypes;

    /** Null for what the loop's coroutines do. */
    private final @Nullable SwitchOn switchOn;

    private final DispatchExceptionHandler exceptionHandler;

    private final @Nullable Duration timeLimit;

    /** That of the last request, which is that of nearly all. */
    private volatile @Nullable Name lastName;

    /** That of the last request, too. */
    private volatile @Nullable DirectAnswer lastAnswer;

    /**
     * @param timeLimit of a request, if it has one
     * @param exceptionHandler where nothing has to be prepared for a request, what to do with its failure
     */
    CoroutineHandlerMethod(
            HandlerMethod method,
            IOLoop loop,
            ArgumentResolvers resolvers,
            @Nullable MethodValidator validator,
            @Nullable ReactiveAdapterRegistry reactiveTypes,
            @Nullable SwitchOn switchOn,
            @Nullable Duration timeLimit,
            DispatchExceptionHandler exceptionHandler) {
        super(method);
        this.loop = loop;
        this.parameters = getMethodParameters();
        this.resolvers = resolvers.of(parameters);
        this.validator = validator;
        this.reactiveTypes = reactiveTypes;
        this.switchOn = switchOn;
        this.timeLimit = timeLimit;
        this.exceptionHandler = exceptionHandler;
    }

    /** Returns what answers a failed request for which nothing was prepared. */
    DispatchExceptionHandler exceptionHandler() {
        return exceptionHandler;
    }

    /** Returns how long a request may take until its answer begins, or {@code null} if there is no limit. */
    @Nullable
    Duration timeLimit() {
        return timeLimit;
    }

    /** Returns how the last answer was written. */
    @Nullable
    DirectAnswer lastAnswer() {
        return lastAnswer;
    }

    void lastAnswer(DirectAnswer answer) {
        lastAnswer = answer;
    }

    /**
     * Returns the call with its result; empty if the handler has written the response itself.
     * @param onError answers the request if its result can't be written
     */
    Mono<Returned> invoke(ServerWebExchange exchange, BindingContext binding, DispatchExceptionHandler onError) {
        try {
            HandlerArguments arguments = HandlerArguments.resolve(parameters, resolvers, binding, exchange);
            @Nullable Object[] values = arguments.values();
            Callable<@Nullable Returned> call = () -> call(values, exchange, binding, onError);
            String name = name(exchange);
            Mono<Returned> coroutine = arguments.then(
                    exchange, switchOn == null ? loop.mono(name, call) : loop.mono(name, switchOn, call));
            return StreamedExchange.around(loop, exchange, getResponseStatus(), coroutine);
        } catch (Exception ex) {
            return Mono.error(ex);
        }
    }

    /** A coroutine's name, and what it is made of. */
    private record Name(HttpMethod method, Object pattern, String text) {}

    private String name(ServerWebExchange exchange) {
        HttpMethod method = exchange.getRequest().getMethod();
        Object pattern = exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        if (pattern == null) {
            return method + " " + exchange.getRequest().getPath();
        }
        Name last = lastName;
        if (last == null || last.pattern != pattern || !last.method.equals(method)) {
            last = new Name(method, pattern, method + " " + pattern);
            lastName = last;
        }
        return last.text;
    }

    /** Runs in the coroutine. */
    private @Nullable Returned call(
            @Nullable Object[] arguments,
            ServerWebExchange exchange,
            BindingContext binding,
            DispatchExceptionHandler onError)
            throws Exception {
        try {
            return answer(arguments, exchange, binding, onError);
        } catch (Exception ex) {
            throw GoneClient.failure(exchange, ex);
        }
    }

    private @Nullable Returned answer(
            @Nullable Object[] arguments,
            ServerWebExchange exchange,
            BindingContext binding,
            DispatchExceptionHandler onError)
            throws Exception {
        if (validator != null && shouldValidateArguments()) {
            validate(validator, arguments, exchange);
        }
        Object value = settled(call(arguments));
        if (StreamedExchange.isAnsweredBy(arguments)) {
            return null;
        }
        HttpStatusCode status = getResponseStatus();
        if (status != null) {
            exchange.getResponse().setStatusCode(status);
        }
        if (isResponseHandled(arguments, exchange)) {
            ReactiveAdapter nothing = noValueAdapter();
            if (nothing != null && value != null) {
                Async.await(Mono.from(nothing.toPublisher(value)));
            }
            if (nothing != null || value == null) {
                return null;
            }
        }
        return new Returned(this, value, binding, onError);
    }

    /** The messages of violations are in the language of the request. */
    private void validate(MethodValidator validator, @Nullable Object[] arguments, ServerWebExchange exchange) {
        LocaleContextHolder.setLocaleContext(exchange.getLocaleContext());
        try {
            validator.applyArgumentValidation(
                    getBean(), getBridgedMethod(), getMethodParameters(), arguments, getValidationGroups());
        } finally {
            LocaleContextHolder.resetLocaleContext();
        }
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

    /** Waits for a stage that is returned: what the handler has started is cancelled at its end. */
    private static @Nullable Object settled(@Nullable Object value) throws Exception {
        if (!(value instanceof CompletionStage<?> stage)) {
            return value;
        }
        try {
            return CompletableFuture.completedFuture(Async.await(stage));
        } catch (CompletionException ex) {
            throw ex.getCause() instanceof Exception cause ? cause : ex;
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

    /** Returns the adapter of a {@code Mono<Void>} or the like, or {@code null} if the handler returns values. */
    private @Nullable ReactiveAdapter noValueAdapter() {
        ReactiveAdapter adapter =
                reactiveTypes != null ? reactiveTypes.getAdapter(getReturnType().getParameterType()) : null;
        if (adapter == null || !adapter.supportsEmpty()) {
            return null;
        }
        boolean noValue = adapter.isNoValue()
                || ResolvableType.forMethodParameter(getReturnType())
                                .getGeneric(0)
                                .resolve()
                        == Void.class;
        return noValue ? adapter : null;
    }
}
