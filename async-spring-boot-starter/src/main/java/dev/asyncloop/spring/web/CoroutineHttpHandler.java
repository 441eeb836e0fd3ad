package dev.asyncloop.spring.web;

import java.util.List;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebHandler;
import org.springframework.web.server.adapter.HttpWebHandlerAdapter;
import org.springframework.web.server.handler.ExceptionHandlingWebHandler;
import org.springframework.web.server.handler.FilteringWebHandler;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

/**
 * Spring's {@link HttpWebHandlerAdapter} for applications with coroutine handlers: the same filters, exception handlers, and
 * observation, but around a request there is one {@link ServedExchange} instead of operators.
 */
final class CoroutineHttpHandler extends HttpWebHandlerAdapter {

    /** The same as Spring's, which is where people look for what it says. */
    private static final Log LOG = LogFactory.getLog(HttpWebHandlerAdapter.class);

    private static final DisconnectedClientHelper DISCONNECTED =
            new DisconnectedClientHelper("org.springframework.web.server.DisconnectedClient");

    private final HttpWebHandlerAdapter standard;

    private final WithOperators withOperators;

    /** The filters and what is behind them. */
    private final WebHandler webHandler;

    private final List<WebExceptionHandler> exceptionHandlers;

    private CoroutineHttpHandler(
            HttpWebHandlerAdapter standard, ExceptionHandlingWebHandler handling, FilteringWebHandler filtering) {
        super(handling);
        this.standard = standard;
        this.withOperators = new WithOperators(standard);
        this.webHandler = filtering.getFilters().isEmpty() ? filtering.getDelegate() : filtering;
        this.exceptionHandlers = handling.getExceptionHandlers();
        setSessionManager(standard.getSessionManager());
        setCodecConfigurer(standard.getCodecConfigurer());
        setLocaleContextResolver(standard.getLocaleContextResolver());
        setForwardedHeaderTransformer(standard.getForwardedHeaderTransformer());
        setObservationRegistry(standard.getObservationRegistry());
        setObservationConvention(standard.getObservationConvention());
        Boolean htmlEscape = standard.getDefaultHtmlEscape();
        if (htmlEscape != null) {
            setDefaultHtmlEscape(htmlEscape);
        }
        if (standard.getApplicationContext() != null) {
            setApplicationContext(standard.getApplicationContext());
        }
    }

    /** Returns what takes the place of Spring's handler; any other handler, or one of other parts, stays. */
    static HttpHandler of(HttpHandler handler) {
        return handler.getClass() == HttpWebHandlerAdapter.class
                        && handler instanceof HttpWebHandlerAdapter standard
                        && standard.getDelegate() instanceof ExceptionHandlingWebHandler handling
                        && handling.getClass() == ExceptionHandlingWebHandler.class
                        && handling.getDelegate() instanceof FilteringWebHandler filtering
                        && filtering.getClass() == FilteringWebHandler.class
                ? new CoroutineHttpHandler(standard, handling, filtering)
                : handler;
    }

    /**
     * With more to say in the log, or thread locals that are to be in place wherever Reactor has a context, a request takes Spring's
     * way.
     */
    @Override
    public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
        if (LOG.isDebugEnabled() || Hooks.isAutomaticContextPropagationEnabled()) {
            return standard.handle(request, response);
        }
        ServerHttpRequest forwarded = forwarded(request);
        if (forwarded == null) {
            response.setStatusCode(HttpStatus.BAD_REQUEST);
            return response.setComplete();
        }
        ServerWebExchange exchange = createExchange(forwarded, response);
        ServerRequestObservationContext observed =
                new ServerRequestObservationContext(forwarded, response, exchange.getAttributes());
        exchange.getAttributes().put(ServerRequestObservationContext.CURRENT_OBSERVATION_CONTEXT_ATTRIBUTE, observed);
        Boolean htmlEscape = getDefaultHtmlEscape();
        if (htmlEscape != null) {
            exchange.getAttributes().put(ServerWebExchange.HTML_ESCAPE_ATTRIBUTE, htmlEscape);
        }
        return new Handling(exchange, observed);
    }

    /** A request that is handled for each subscriber, which is one, unless a decorator tries again. */
    private final class Handling extends Mono<Void> {

        private final ServerWebExchange exchange;

        private final ServerRequestObservationContext observed;

        Handling(ServerWebExchange exchange, ServerRequestObservationContext observed) {
            this.exchange = exchange;
            this.observed = observed;
        }

        @Override
        public void subscribe(CoreSubscriber<? super Void> actual) {
            if (actual.currentContext().isEmpty()) {
                new ServedExchange(CoroutineHttpHandler.this, exchange, new ServerObservation(observed), actual)
                        .begin();
            } else {
                withOperators.handle(exchange, exchange.getResponse()).subscribe(actual);
            }
        }
    }

    /** Spring's way for one with something around it that its parts have to know of. */
    private static final class WithOperators extends HttpWebHandlerAdapter {

        WithOperators(HttpWebHandlerAdapter standard) {
            super(standard.getDelegate());
            setObservationRegistry(standard.getObservationRegistry());
            setObservationConvention(standard.getObservationConvention());
        }

        Mono<Void> handle(ServerWebExchange exchange, ServerHttpResponse response) {
            return handle(new Prepared(exchange), response);
        }

        @Override
        protected ServerWebExchange createExchange(ServerHttpRequest request, ServerHttpResponse response) {
            return ((Prepared) request).exchange;
        }
    }

    /** A request that has its exchange already. */
    private static final class Prepared extends ServerHttpRequestDecorator {

        private final ServerWebExchange exchange;

        Prepared(ServerWebExchange exchange) {
            super(exchange.getRequest());
            this.exchange = exchange;
        }
    }

    /** Returns the request as its proxy has seen it, or {@code null} if what the proxy says makes no sense. */
    private @Nullable ServerHttpRequest forwarded(ServerHttpRequest request) {
        if (getForwardedHeaderTransformer() == null) {
            return request;
        }
        try {
            return getForwardedHeaderTransformer().apply(request);
        } catch (Throwable ex) { // an Error as well, as Spring's
            return null;
        }
    }

    /** Returns the handling of a request by filters and handlers. */
    Mono<Void> handling(ServerWebExchange exchange) {
        return webHandler.handle(exchange);
    }

    /** Returns what the exception handlers make of a failure, or what is left to do if they can make nothing of it. */
    Mono<Void> resolving(ServerWebExchange exchange, ServerObservation observation, Throwable failure) {
        Mono<Void> resolved = Mono.error(failure);
        for (WebExceptionHandler handler : exceptionHandlers) {
            resolved = resolved.doOnError(error ->
                            exchange.getAttributes().put(ExceptionHandlingWebHandler.HANDLED_WEB_EXCEPTION, error))
                    .onErrorResume(error -> handler.handle(exchange, error));
        }
        return resolved.onErrorResume(error -> unresolved(exchange, observation, error));
    }

    private Mono<Void> unresolved(ServerWebExchange exchange, ServerObservation observation, Throwable failure) {
        ServerHttpRequest request = exchange.getRequest();
        ServerHttpResponse response = exchange.getResponse();
        if (response.setStatusCode(HttpStatus.INTERNAL_SERVER_ERROR)) {
            LOG.error(exchange.getLogPrefix() + "500 Server Error for " + formatRequest(request), failure);
            return Mono.empty();
        }
        if (DISCONNECTED.checkAndLogClientDisconnectedException(failure)) {
            observation.aborted();
            return Mono.empty();
        }
        LOG.error(exchange.getLogPrefix() + "Error [" + failure + "] for " + formatRequest(request)
                + ", but ServerHttpResponse already committed (" + response.getStatusCode() + ")");
        return Mono.error(failure);
    }
}
