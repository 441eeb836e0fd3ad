package dev.asyncloop.spring.web;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.reactive.observation.ServerHttpObservationDocumentation;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.http.server.reactive.observation.ServerRequestObservationConvention;
import org.springframework.web.server.handler.ExceptionHandlingWebHandler;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * The observation of one request, as Spring's {@code HttpWebHandlerAdapter} makes it: it ends when the answer is committed, or
 * with the client that has gone, once.
 */
final class ServerObservation extends AtomicInteger {

    private static final long serialVersionUID = 1L;

    private static final ServerRequestObservationConvention BY_DEFAULT =
            new DefaultServerRequestObservationConvention();

    /** It is zero before. */
    private static final int STARTED = 1;

    /** When it stops is decided. */
    private static final int DECIDED = 2;

    private final transient ServerRequestObservationContext context;

    private transient Observation observation = Observation.NOOP;

    ServerObservation(ServerRequestObservationContext context) {
        this.context = context;
    }

    /** Starts it; returns a context with it, which is there even if nobody observes. */
    Context start(ObservationRegistry registry, ServerRequestObservationConvention convention, Context around) {
        if (!registry.isNoop()) {
            observation = ServerHttpObservationDocumentation.HTTP_REACTIVE_SERVER_REQUESTS.observation(
                    convention, BY_DEFAULT, () -> context, registry);
            observation.start();
        }
        set(STARTED);
        return around.put(ObservationThreadLocalAccessor.KEY, observation);
    }

    /** The client has gone. */
    void aborted() {
        context.setConnectionAborted(true);
    }

    /** The request is cancelled, which it is by a client that goes; one that has not been started is left as it is. */
    void cancelled() {
        if (compareAndSet(STARTED, DECIDED)) {
            context.setConnectionAborted(true);
            observation.stop();
        }
    }

    /** The request has been handled. */
    void completed() {
        if (compareAndSet(STARTED, DECIDED)) {
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
        if (compareAndSet(STARTED, DECIDED)) {
            context.setError(failure);
            stopWhenCommitted();
        }
    }

    private void stopWhenCommitted() {
        ServerHttpResponse response = context.getResponse();
        if (response == null || observation.isNoop()) {
            return;
        }
        if (response.isCommitted()) {
            observation.stop();
        } else {
            response.beforeCommit(() -> {
                observation.stop();
                return Mono.empty();
            });
        }
    }
}
