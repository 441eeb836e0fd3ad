package dev.asyncloop.spring.web;

import dev.asyncloop.IOLoop;
import dev.asyncloop.SwitchOn;
import dev.asyncloop.spring.web.stream.StreamedExchange;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.core.MethodClassKey;
import org.springframework.core.Ordered;
import org.springframework.util.ClassUtils;
import org.springframework.validation.method.MethodValidator;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.annotation.HandlerMethodValidator;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.DispatchExceptionHandler;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.InvocableHandlerMethod;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Runs {@link dev.asyncloop.spring.Coroutine @Coroutine} handlers as coroutines of the loop, with all that the
 * application's {@link RequestMappingHandlerAdapter} does for an ordinary handler. If the model of the request can't be
 * made, no coroutine is started.
 */
public final class CoroutineHandlerAdapter implements HandlerAdapter, Ordered {

    private static final boolean BEAN_VALIDATION =
            ClassUtils.isPresent("jakarta.validation.Validator", CoroutineHandlerAdapter.class.getClassLoader());

    private final IOLoop loop;

    private final RequestMappingHandlerAdapter standard;

    private final @Nullable MethodValidator validator;

    private final StandardPreparation preparation;

    private final CoroutineContext context;

    private final Map<MethodClassKey, Known> known = new ConcurrentHashMap<>();

    private final RequestLimits limits;

    private volatile @Nullable ArgumentResolvers resolvers;

    /**
     * Makes an adapter that runs handlers on this loop.
     * @param context completes the context of a handler's coroutine
     * @param limits of the requests of all handlers
     * @param applicationContext where the controllers' advices are; without one every handler is taken to have some
     */
    public CoroutineHandlerAdapter(
            IOLoop loop,
            RequestMappingHandlerAdapter standard,
            CoroutineExceptionHandlers exceptionHandlers,
            CoroutineContext context,
            RequestLimits limits,
            @Nullable ApplicationContext applicationContext) {
        this.loop = loop;
        this.standard = standard;
        this.context = context;
        this.limits = limits;
        this.validator = BEAN_VALIDATION
                ? HandlerMethodValidator.from(
                        standard.getWebBindingInitializer(),
                        null,
                        parameter -> parameter.hasParameterAnnotation(ModelAttribute.class),
                        parameter -> parameter.hasParameterAnnotation(RequestParam.class))
                : null;
        this.preparation = new StandardPreparation(standard, exceptionHandlers, validator != null, applicationContext);
    }

    /**
     * Returns what prepares calls of handlers that are called in another way, with all that counts here.
     * @param own resolvers of what only these handlers take
     */
    public HandlerCalls calls(List<HandlerMethodArgumentResolver> own) {
        return new HandlerCalls(preparation, context, validator, own);
    }

    /** Returns what completes the contexts of coroutines. */
    CoroutineContext context() {
        return context;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public boolean supports(Object handler) {
        return handler instanceof HandlerMethod method && known(method).isCoroutine;
    }

    /** What is looked up once for a handler. */
    private static final class Known {

        final boolean isCoroutine;

        final @Nullable SwitchOn switchOn;

        final boolean needsPreparation;

        /** Of the last request: that of all, but where every request has a controller of its own. */
        volatile @Nullable CoroutineHandlerMethod last;

        Known(boolean isCoroutine, @Nullable SwitchOn switchOn, boolean needsPreparation) {
            this.isCoroutine = isCoroutine;
            this.switchOn = switchOn;
            this.needsPreparation = needsPreparation;
        }
    }

    private Known known(HandlerMethod handler) {
        MethodClassKey key = new MethodClassKey(handler.getMethod(), handler.getBeanType());
        Known there = known.get(key);
        return there != null ? there : known.computeIfAbsent(key, added -> look(handler));
    }

    private Known look(HandlerMethod handler) {
        Method method = handler.getMethod();
        Class<?> type = handler.getBeanType();
        boolean isCoroutine = CoroutineMethods.isCoroutine(method, type);
        return new Known(
                isCoroutine, CoroutineMethods.switchOn(method, type), isCoroutine && preparation.isNeededBy(handler));
    }

    @Override
    public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
        CoroutineHandlerMethod coroutine = unprepared(handler);
        if (coroutine != null) {
            return withFailures(exchange, coroutine.exceptionHandler(), call(exchange, coroutine));
        }
        HandlerMethod method = resolved(handler);
        return preparation.prepare(exchange, method, prepared -> callPrepared(exchange, method, prepared));
    }

    /** Returns the coroutine for a handler, or {@code null} if something has to be prepared before it can be called. */
    @Nullable
    CoroutineHandlerMethod unprepared(Object handler) {
        ArgumentResolvers resolvers = this.resolvers;
        HandlerMethod method = resolved(handler);
        Known known = known(method);
        return resolvers == null || known.needsPreparation ? null : coroutine(method, known, resolvers);
    }

    private static HandlerMethod resolved(Object handler) {
        HandlerMethod method = (HandlerMethod) handler;
        return method.getBean() instanceof String ? method.createWithResolvedBean() : method;
    }

    /** Returns the call of a coroutine for which nothing has to be prepared; {@link #failed} is for its failure. */
    Mono<Returned> call(ServerWebExchange exchange, CoroutineHandlerMethod coroutine) {
        return call(exchange, coroutine, preparation.binding(coroutine), coroutine.exceptionHandler());
    }

    private Mono<Returned> call(
            ServerWebExchange exchange,
            CoroutineHandlerMethod coroutine,
            BindingContext binding,
            DispatchExceptionHandler exceptionHandler) {
        Mono<Returned> handling = context.complete(coroutine.invoke(exchange, binding, exceptionHandler));
        return limits.within(exchange, coroutine.timeLimit(), handling);
    }

    private Mono<HandlerResult> callPrepared(ServerWebExchange exchange, HandlerMethod method, HandlerResult prepared) {
        CoroutineHandlerMethod coroutine = coroutine(method, known(method), resolvers(prepared));
        DispatchExceptionHandler exceptionHandler = orProblem(Objects.requireNonNull(prepared.getExceptionHandler()));
        return withFailures(
                exchange, exceptionHandler, call(exchange, coroutine, prepared.getBindingContext(), exceptionHandler));
    }

    private Mono<HandlerResult> withFailures(
            ServerWebExchange exchange, DispatchExceptionHandler exceptionHandler, Mono<Returned> handling) {
        return handling.map(Returned::asResult).onErrorResume(failure -> failed(exchange, exceptionHandler, failure));
    }

    /** What a limit has ended has an answer, too, where the application has none. */
    private static DispatchExceptionHandler orProblem(DispatchExceptionHandler handler) {
        return (exchange, failure) -> handler.handleError(exchange, failure).onErrorResume(RequestLimits::problem);
    }

    /** Returns what answers a request whose call has failed. */
    Mono<HandlerResult> failed(
            ServerWebExchange exchange, DispatchExceptionHandler exceptionHandler, Throwable failure) {
        boolean isCutShort = WebFailures.isCutShort(failure, loop);
        if (StreamedExchange.hasBegun(exchange)) {
            return isCutShort ? Mono.empty() : Mono.error(failure);
        }
        Throwable webFailure = WebFailures.asWebError(failure, loop);
        return isCutShort ? Mono.error(webFailure) : exceptionHandler.handleError(exchange, webFailure);
    }

    private CoroutineHandlerMethod coroutine(HandlerMethod method, Known known, ArgumentResolvers resolvers) {
        CoroutineHandlerMethod last = known.last;
        if (last == null || last.getBean() != method.getBean()) {
            last = new CoroutineHandlerMethod(
                    method,
                    loop,
                    resolvers,
                    validator,
                    standard.getReactiveAdapterRegistry(),
                    known.switchOn,
                    limits.timeLimit(method),
                    orProblem((exchange, failure) -> preparation.handleError(exchange, method, failure)));
            known.last = last;
        }
        return last;
    }

    /** Returns the application's resolvers, which are the same for all handlers. */
    private ArgumentResolvers resolvers(HandlerResult prepared) {
        ArgumentResolvers there = resolvers;
        if (there == null) {
            there = new ArgumentResolvers(((InvocableHandlerMethod) prepared.getHandler()).getResolvers());
            resolvers = there;
        }
        return there;
    }
}
