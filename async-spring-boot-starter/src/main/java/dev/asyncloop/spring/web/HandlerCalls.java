package dev.asyncloop.spring.web;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.core.MethodParameter;
import org.springframework.validation.method.MethodValidator;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.DispatchExceptionHandler;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.InvocableHandlerMethod;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Prepares calls of handler methods that are called in another way than for an ordinary request, with all that the
 * application's {@link RequestMappingHandlerAdapter} does for one: binder, model, arguments, their validation, and exception
 * handlers. Made by {@link CoroutineHandlerAdapter#calls}.
 */
public final class HandlerCalls {

    private final StandardPreparation preparation;

    private final CoroutineContext context;

    private final @Nullable MethodValidator validator;

    private final List<HandlerMethodArgumentResolver> own;

    private volatile @Nullable ArgumentResolvers resolvers;

    HandlerCalls(
            StandardPreparation preparation,
            CoroutineContext context,
            @Nullable MethodValidator validator,
            List<HandlerMethodArgumentResolver> own) {
        this.preparation = preparation;
        this.context = context;
        this.validator = validator;
        this.own = List.copyOf(own);
    }

    /**
     * Goes on when a call is ready.
     * @param method with its bean
     * @param next calls it; what it fails with is for the controller's exception handlers
     */
    public Mono<HandlerResult> prepare(
            ServerWebExchange exchange, HandlerMethod method, Function<HandlerCall, Mono<HandlerResult>> next) {
        return preparation.prepare(exchange, method, prepared -> call(exchange, method, prepared, next));
    }

    private Mono<HandlerResult> call(
            ServerWebExchange exchange,
            HandlerMethod method,
            HandlerResult prepared,
            Function<HandlerCall, Mono<HandlerResult>> next) {
        DispatchExceptionHandler exceptionHandler = Objects.requireNonNull(prepared.getExceptionHandler());
        return context.complete(call(exchange, method, prepared.getBindingContext(), resolvers(prepared), next))
                .doOnNext(result -> result.setExceptionHandler(exceptionHandler))
                .onErrorResume(failure -> exceptionHandler.handleError(exchange, failure));
    }

    private Mono<HandlerResult> call(
            ServerWebExchange exchange,
            HandlerMethod method,
            BindingContext binding,
            ArgumentResolvers all,
            Function<HandlerCall, Mono<HandlerResult>> next) {
        try {
            MethodParameter[] parameters = method.getMethodParameters();
            HandlerArguments arguments = HandlerArguments.resolve(parameters, all.of(parameters), binding, exchange);
            Method invoked = BridgeMethodResolver.findBridgedMethod(method.getMethod());
            return arguments.then(exchange, Mono.defer(() -> {
                validate(method, invoked, arguments.values());
                return next.apply(new HandlerCall(method, invoked, arguments.values()));
            }));
        } catch (Exception ex) {
            return Mono.error(ex);
        }
    }

    private void validate(HandlerMethod method, Method invoked, @Nullable Object[] arguments) {
        if (validator != null && method.shouldValidateArguments()) {
            validator.applyArgumentValidation(
                    method.getBean(), invoked, method.getMethodParameters(), arguments, method.getValidationGroups());
        }
    }

    /** Returns the application's resolvers, which are the same for all handlers, after these ones' own. */
    private ArgumentResolvers resolvers(HandlerResult prepared) {
        ArgumentResolvers known = resolvers;
        if (known == null) {
            List<HandlerMethodArgumentResolver> all = new ArrayList<>(own);
            all.addAll(((InvocableHandlerMethod) prepared.getHandler()).getResolvers());
            known = new ArgumentResolvers(all);
            resolvers = known;
        }
        return known;
    }
}
