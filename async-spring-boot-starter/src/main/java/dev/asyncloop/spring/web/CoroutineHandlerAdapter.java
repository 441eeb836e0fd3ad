package dev.asyncloop.spring.web;

import dev.asyncloop.IOLoop;
import dev.asyncloop.SwitchOn;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodClassKey;
import org.springframework.core.Ordered;
import org.springframework.util.ClassUtils;
import org.springframework.validation.method.MethodValidator;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.annotation.HandlerMethodValidator;
import org.springframework.web.reactive.DispatchExceptionHandler;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.result.method.InvocableHandlerMethod;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Runs {@link dev.asyncloop.spring.Coroutine @Coroutine} handlers as coroutines of the loop, with all that the
 * application's {@link RequestMappingHandlerAdapter} does for an ordinary handler.
 *
 * <p>That adapter keeps its binder methods, model, argument resolvers and exception handlers to itself. So it is asked to
 * handle a {@link StandInHandlerMethod} of the same controller; with the result of that it hands out all four, made for
 * this controller and this request. If the model of the request can't be made, no coroutine is started.
 */
public final class CoroutineHandlerAdapter implements HandlerAdapter, Ordered {

    private static final boolean BEAN_VALIDATION =
            ClassUtils.isPresent("jakarta.validation.Validator", CoroutineHandlerAdapter.class.getClassLoader());

    private final IOLoop loop;

    private final RequestMappingHandlerAdapter standard;

    private final CoroutineExceptionHandlers exceptionHandlers;

    private final @Nullable MethodValidator validator;

    private final Map<MethodClassKey, Kind> kinds = new ConcurrentHashMap<>();

    private volatile @Nullable ArgumentResolvers resolvers;

    /** Makes an adapter that runs handlers on this loop. */
    public CoroutineHandlerAdapter(
            IOLoop loop, RequestMappingHandlerAdapter standard, CoroutineExceptionHandlers exceptionHandlers) {
        this.loop = loop;
        this.standard = standard;
        this.exceptionHandlers = exceptionHandlers;
        this.validator = BEAN_VALIDATION
                ? HandlerMethodValidator.from(
                        standard.getWebBindingInitializer(),
                        null,
                        parameter -> parameter.hasParameterAnnotation(ModelAttribute.class),
                        parameter -> parameter.hasParameterAnnotation(RequestParam.class))
                : null;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public boolean supports(Object handler) {
        return handler instanceof HandlerMethod method && kind(method).isCoroutine();
    }

    /** What the annotations of a handler say, which is looked up once. */
    private record Kind(boolean isCoroutine, @Nullable SwitchOn switchOn) {}

    private Kind kind(HandlerMethod handler) {
        Method method = handler.getMethod();
        Class<?> type = handler.getBeanType();
        return kinds.computeIfAbsent(
                new MethodClassKey(method, type),
                key -> new Kind(CoroutineMethods.isCoroutine(method, type), CoroutineMethods.switchOn(method, type)));
    }

    @Override
    public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
        HandlerMethod method = ((HandlerMethod) handler).createWithResolvedBean();
        return exceptionHandlers.prepare(exchange, method, prepared -> invoke(exchange, method, prepared));
    }

    private Mono<HandlerResult> invoke(ServerWebExchange exchange, HandlerMethod method, HandlerResult prepared) {
        DispatchExceptionHandler exceptionHandler = Objects.requireNonNull(prepared.getExceptionHandler());
        return new CoroutineHandlerMethod(
                        method,
                        resolvers(prepared),
                        validator,
                        standard.getReactiveAdapterRegistry(),
                        kind(method).switchOn())
                .invoke(loop, exchange, prepared.getBindingContext())
                .doOnNext(result -> result.setExceptionHandler(exceptionHandler))
                .onErrorResume(failure -> WebFailures.isCutShort(failure, loop)
                        ? Mono.error(WebFailures.asWebError(failure, loop))
                        : exceptionHandler.handleError(exchange, WebFailures.asWebError(failure, loop)));
    }

    /** Returns the application's resolvers, which are the same for all handlers. */
    private ArgumentResolvers resolvers(HandlerResult prepared) {
        ArgumentResolvers known = resolvers;
        if (known == null) {
            known = new ArgumentResolvers(((InvocableHandlerMethod) prepared.getHandler()).getResolvers());
            resolvers = known;
        }
        return known;
    }
}
