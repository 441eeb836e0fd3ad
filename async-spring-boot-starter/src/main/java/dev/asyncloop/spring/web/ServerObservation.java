package dev.asyncloop.spring.web;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.reactive.observation.ServerHttpObservationDocumentation;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.http.server.reactive.observation.ServerRequestObservationConvention;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.handler.ExceptionHandlingWebHandler;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * The observation of one request, as Spring's {@code HttpWebHandlerAdapter} makes it: it ends when the answer is committed, or
 * with the client that has gone, once. True when its end is decided.
 */
final class ServerObservation extends AtomicBoolean {

    private static final long serialVersionUID = 1L;

    private static final ServerRequestObservationConvention BY_DEFAULT =
            new DefaultServerRequestObservationConvention();

    private final transient ServerRequestObservationContext context;

    /** None where nobody observes. */
    private transient @Nullable Observation observation;

    ServerObservation(ServerWebExchange exchange) {
        context = new ServerRequestObservationContext(
                exchange.getRequest(), exchange.getResponse(), exchange.getAttributes());
        exchange.getAttributes().put(ServerRequestObservationContext.CURRENT_OBSERVATION_CONTEXT_ATTRIBUTE, context);
    }

    /** Starts it; returns a context with it. */
    Context start(ObservationRegistry registry, ServerRequestObservationConvention convention, Context around) {
        if (registry.isNoop()) {
            return around;
        }
        Observation started = ServerHttpObservationDocumentation.HTTP_REACTIVE_SERVER_REQUESTS.observation(
                convention, BY_DEFAULT, () -> context, registry);
        observation = started;
        started.start();
        return around.put(ObservationThreadLocalAccessor.KEY, started);
    }

    /** The client has gone. */
    void aborted() {
        context.setConnectionAborted(true);
    }

    /** The request is cancelled, which it is by a client that goes. */
    void cancelled() {
        if (compareAndSet(false, true)) {
            context.setConnectionAborted(true);
            stop();
        }
    }

    /** The request has been handled. */
    void completed() {
        if (observation != null && compareAndSet(false, true)) {
            Throwable handled =
                    (Throwable) context.getAttributes().get(ExceptionHandlingWebHandler.HANDLED_WEB_EXCEPTION);
            if (handled != null) {
                observation.error(handled);
            }
            stopWhenCommitted();
        }
    }

    /** Nobody could make anything of this failure. */
    void failed(Throwable failure) {
        if (compareAndSet(false, true)) {
            context.setError(failure);
            stopWhenCommitted();
        }
    }

    private void stopWhenCommitted() {
        ServerHttpResponse response = context.getResponse();
        if (observation == null || response == null) {
            return;
        }
        if (response.isCommitted()) {
            stop();
        } else {
            response.beforeCommit(() -> {
                stop();
                return Mono.empty();
            });
        }
    }

    private void stop() {
        if (observation != null) {
            observation.stop();
        }
    }
}
