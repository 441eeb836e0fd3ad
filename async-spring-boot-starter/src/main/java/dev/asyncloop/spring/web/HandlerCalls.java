package dev.asyncloop.spring.web;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.util.ClassUtils;
import org.springframework.validation.method.MethodValidator;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.annotation.HandlerMethodValidator;
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
 * handlers.
 */
public final class HandlerCalls {

    private static final boolean BEAN_VALIDATION =
            ClassUtils.isPresent("jakarta.validation.Validator", HandlerCalls.class.getClassLoader());

    private final RequestMappingHandlerAdapter standard;

    private final List<HandlerMethodArgumentResolver> own;

    private final @Nullable MethodValidator validator;

    private volatile @Nullable ArgumentResolvers resolvers;

    /**
     * Makes one.
     * @param own resolvers of what only these handlers take
     */
    public HandlerCalls(RequestMappingHandlerAdapter standard, List<HandlerMethodArgumentResolver> own) {
        this.standard = standard;
        this.own = List.copyOf(own);
        this.validator = BEAN_VALIDATION
                ? HandlerMethodValidator.from(
                        standard.getWebBindingInitializer(),
                        null,
                        parameter -> parameter.hasParameterAnnotation(ModelAttribute.class),
                        parameter -> parameter.hasParameterAnnotation(RequestParam.class))
                : null;
    }

    /**
     * Goes on when a call is ready.
     * @param method with its bean
     * @param next calls it; what it fails with is for the controller's exception handlers
     */
    public Mono<HandlerResult> prepare(
            ServerWebExchange exchange, HandlerMethod method, Function<HandlerCall, Mono<HandlerResult>> next) {
        return standard.handle(exchange, new StandInHandlerMethod(method))
                .flatMap(prepared -> StandInHandlerMethod.isPrepared(prepared)
                        ? call(exchange, method, prepared, next)
                        : Mono.just(prepared));
    }

    private Mono<HandlerResult> call(
            ServerWebExchange exchange,
            HandlerMethod method,
            HandlerResult prepared,
            Function<HandlerCall, Mono<HandlerResult>> next) {
        DispatchExceptionHandler exceptionHandler = Objects.requireNonNull(prepared.getExceptionHandler());
        return call(exchange, method, prepared.getBindingContext(), resolvers(prepared), next)
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
            HandlerArguments arguments = HandlerArguments.resolve(method.getMethodParameters(), all, binding, exchange);
            Method invoked = BridgeMethodResolver.findBridgedMethod(method.getMethod());
            return arguments.then(Mono.defer(() -> {
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
