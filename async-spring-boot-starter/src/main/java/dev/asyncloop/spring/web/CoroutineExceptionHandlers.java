package dev.asyncloop.spring.web;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.web.stream.StreamedExchange;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.http.ResponseEntity;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.DispatchExceptionHandler;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.InvocableHandlerMethod;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;

/**
 * Calls {@code @ExceptionHandler} methods, as coroutines those that are {@link dev.asyncloop.spring.Coroutine @Coroutine}:
 * for coroutine handlers, for ordinary ones whose controller or advice has such a method, and for requests that have no
 * handler.
 *
 * <p>The application's {@link RequestMappingHandlerAdapter} would call them as plain methods. So it sees no failure: it
 * gets each handler as a {@link CatchingHandlerMethod}.
 */
public final class CoroutineExceptionHandlers implements HandlerAdapter, DispatchExceptionHandler, PriorityOrdered {

    private static final Log LOG = LogFactory.getLog(CoroutineExceptionHandlers.class);

    private static final DisconnectedClientHelper DISCONNECTED =
            new DisconnectedClientHelper(CoroutineExceptionHandlers.class.getName() + ".Disconnected");

    private static final DispatchExceptionHandler REFAIL = (exchange, failure) -> Mono.error(failure);

    private static final MethodParameter REFAILED =
            new MethodParameter(ClassUtils.getMethod(Refailing.class, "refail"), -1);

    private static final HandlerMethod NOTHING =
            new HandlerMethod(new Refailing(), ClassUtils.getMethod(Refailing.class, "refail"));

    private final IOLoop loop;

    private final RequestMappingHandlerAdapter standard;

    private final ExceptionHandlerMethods methods;

    private final SessionAttributeParameters sessionAttributes = new SessionAttributeParameters();

    /** The application's argument resolvers, once a call has shown them. */
    private volatile @Nullable List<HandlerMethodArgumentResolver> known;

    /** Makes handlers whose coroutines run on this loop. */
    public CoroutineExceptionHandlers(IOLoop loop, RequestMappingHandlerAdapter standard, ApplicationContext context) {
        this.loop = loop;
        this.standard = standard;
        this.methods = new ExceptionHandlerMethods(context, standard.getContentTypeResolver());
    }

    /** Before all others, but for what changes failures that they are then asked about. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 1;
    }

    /** Whether this is an ordinary handler whose failures a coroutine may handle. */
    @Override
    public boolean supports(Object handler) {
        return handler instanceof HandlerMethod method
                && methods.hasCoroutinesFor(method.getBeanType())
                && !CoroutineMethods.isCoroutine(method.getMethod(), method.getBeanType());
    }

    @Override
    public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
        HandlerMethod method = ((HandlerMethod) handler).createWithResolvedBean();
        return handle(exchange, method, method, Mono::just);
    }

    /** Has the standard adapter prepare a request for a coroutine handler, and goes on with what is prepared. */
    Mono<HandlerResult> prepare(
            ServerWebExchange exchange, HandlerMethod handler, Function<HandlerResult, Mono<HandlerResult>> next) {
        return handle(
                exchange,
                handler,
                new StandInHandlerMethod(handler),
                sessionAttributes.concern(handler) ? result -> complete(exchange, handler, result, next) : next);
    }

    private Mono<HandlerResult> complete(
            ServerWebExchange exchange,
            HandlerMethod handler,
            HandlerResult prepared,
            Function<HandlerResult, Mono<HandlerResult>> next) {
        DispatchExceptionHandler failures = Objects.requireNonNull(prepared.getExceptionHandler());
        return sessionAttributes
                .complete(exchange, handler, prepared.getBindingContext())
                .materialize()
                .flatMap(end -> end.getThrowable() == null
                        ? next.apply(prepared)
                        : failures.handleError(exchange, end.getThrowable()));
    }

    private Mono<HandlerResult> handle(
            ServerWebExchange exchange,
            HandlerMethod handler,
            HandlerMethod called,
            Function<HandlerResult, Mono<HandlerResult>> next) {
        CatchingHandlerMethod catching = new CatchingHandlerMethod(called);
        Mono<HandlerResult> handled = standard.handle(exchange, catching);
        catching.isSetUp();
        return handled.flatMap(result -> {
            List<HandlerMethodArgumentResolver> resolvers =
                    ((InvocableHandlerMethod) result.getHandler()).getResolvers();
            BindingContext binding = result.getBindingContext();
            Throwable failure = CatchingHandlerMethod.failure(result);
            if (failure != null) {
                return handleFailure(exchange, failure, handler, binding, resolvers);
            }
            known = resolvers;
            return next.apply(result.setExceptionHandler(
                    (same, later) -> handleFailure(exchange, later, handler, binding, resolvers)));
        });
    }

    private Mono<HandlerResult> handleFailure(
            ServerWebExchange exchange,
            Throwable failure,
            HandlerMethod handler,
            BindingContext binding,
            List<HandlerMethodArgumentResolver> resolvers) {
        HandlerMethod found = find(exchange, failure, handler);
        if (found == null) {
            return Mono.error(failure);
        }
        binding.getModel().asMap().clear();
        return call(exchange, failure, handler, found, binding, resolvers);
    }

    /** A failure of what has no handler method: a request that nobody handles, a functional route. */
    @Override
    public Mono<HandlerResult> handleError(ServerWebExchange exchange, Throwable failure) {
        if (!methods.hasCoroutinesInAdvice(null)) {
            return Mono.error(failure);
        }
        HandlerMethod found = find(exchange, failure, null);
        if (found == null || !isCoroutine(found)) {
            return Mono.error(failure); // the standard adapter is asked next
        }
        return resolvers(exchange)
                .flatMap(resolvers -> call(exchange, failure, null, found, new BindingContext(), resolvers))
                .onErrorResume(same -> Mono.just(refailed(same)));
    }

    /** Returns the method for a failure. The answer may be of another type than that of a success. */
    private @Nullable HandlerMethod find(
            ServerWebExchange exchange, Throwable failure, @Nullable HandlerMethod handler) {
        exchange.getAttributes().remove(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE);
        exchange.getResponse().getHeaders().clearContentHeaders();
        return methods.find(failure, exchange, handler);
    }

    private static boolean isCoroutine(HandlerMethod method) {
        return CoroutineMethods.isCoroutine(method.getMethod(), method.getBeanType());
    }

    /** Returns the application's argument resolvers. If there was no call yet, one of nothing shows them. */
    private Mono<List<HandlerMethodArgumentResolver>> resolvers(ServerWebExchange exchange) {
        List<HandlerMethodArgumentResolver> resolvers = known;
        if (resolvers != null) {
            return Mono.just(resolvers);
        }
        CatchingHandlerMethod nothing = new CatchingHandlerMethod(new StandInHandlerMethod(NOTHING));
        Mono<HandlerResult> handled = standard.handle(exchange, nothing);
        nothing.isSetUp();
        return handled.map(result -> ((InvocableHandlerMethod) result.getHandler()).getResolvers());
    }

    private Mono<HandlerResult> call(
            ServerWebExchange exchange,
            Throwable failure,
            @Nullable HandlerMethod handler,
            HandlerMethod found,
            BindingContext binding,
            List<HandlerMethodArgumentResolver> resolvers) {
        List<Throwable> causes = causes(failure);
        List<@Nullable Object> provided = new ArrayList<>(causes);
        provided.add(handler);
        if (LOG.isDebugEnabled()) {
            LOG.debug(exchange.getLogPrefix() + "Using @ExceptionHandler " + found);
        }
        return call(exchange, found, binding, resolvers, provided.toArray())
                .onErrorResume(later -> failed(exchange, failure, later, causes, found));
    }

    private Mono<HandlerResult> call(
            ServerWebExchange exchange,
            HandlerMethod found,
            BindingContext binding,
            List<HandlerMethodArgumentResolver> resolvers,
            @Nullable Object[] provided) {
        if (!isCoroutine(found)) {
            InvocableHandlerMethod ordinary = new InvocableHandlerMethod(found);
            ordinary.setArgumentResolvers(resolvers);
            return ordinary.invoke(exchange, binding, provided);
        }
        StreamedExchange.failed(exchange);
        List<HandlerMethodArgumentResolver> all = new ArrayList<>(resolvers);
        all.addFirst(new ProvidedArguments(provided));
        Mono<Returned> call = new CoroutineHandlerMethod(
                        found,
                        loop,
                        new ArgumentResolvers(all),
                        null,
                        standard.getReactiveAdapterRegistry(),
                        CoroutineMethods.switchOn(found.getMethod(), found.getBeanType()),
                        null,
                        REFAIL)
                .invoke(exchange, binding, REFAIL);
        return CoroutineContext.of(exchange).complete(call).map(Returned::asResult);
    }

    /** An exception handler may also be asked for by a cause of what was thrown. */
    private static List<Throwable> causes(Throwable failure) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable next = failure; next != null && !causes.contains(next); next = next.getCause()) {
            causes.add(next);
        }
        return causes;
    }

    private Mono<HandlerResult> failed(
            ServerWebExchange exchange,
            Throwable failure,
            Throwable later,
            List<Throwable> causes,
            HandlerMethod found) {
        if (DISCONNECTED.checkAndLogClientDisconnectedException(later)) {
            return Mono.empty();
        }
        if (!causes.contains(later) && !WebFailures.isRefused(later) && !WebFailures.isCutShort(later, loop)) {
            LOG.warn(exchange.getLogPrefix() + "Failure in @ExceptionHandler " + found, later);
        }
        return Mono.error(failure);
    }

    /** A result that fails when it is written: then nobody asks the standard adapter, which would call the method plainly. */
    private static HandlerResult refailed(Throwable failure) {
        return new HandlerResult(NOTHING, Mono.error(failure), REFAILED);
    }

    private static final class Refailing {

        @SuppressWarnings("unused") // for its type
        public Mono<ResponseEntity<Void>> refail() {
            return Mono.empty();
        }
    }
}
