package dev.asyncloop.spring.websocket;

import dev.asyncloop.IOLoop;
import dev.asyncloop.SwitchOn;
import dev.asyncloop.spring.web.HandlerCall;
import dev.asyncloop.websocket.WebSocket;
import dev.asyncloop.websocket.WebSocketClosedException;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

/**
 * The coroutine of one WebSocket: belongs to the request until that is accepted, and to the connection from then on. Its
 * failures end here: they are the request's answer, or close the WebSocket with 1011 and are logged.
 */
final class HandlerRun implements CoreSubscriber<Object> {

    private static final Logger log = LoggerFactory.getLogger(WebSocketHandlerAdapter.class);

    private static final int GOING_AWAY = 1001;

    private static final int INTERNAL_ERROR = 1011;

    private final IOLoop loop;

    private final HandlerCall call;

    /** Where the WebSocket is among the arguments; -1 if the handler takes the handshake. */
    private final int place;

    private final HandshakeRequest request;

    private final WebSocketConnections connections;

    private final Context context;

    private volatile @Nullable Subscription subscription;

    HandlerRun(
            IOLoop loop,
            HandlerCall call,
            int place,
            HandshakeRequest request,
            WebSocketConnections connections,
            Context context) {
        this.loop = loop;
        this.call = call;
        this.place = place;
        this.request = request;
        this.connections = connections;
        this.context = context;
    }

    void start(MonoSink<HandlerResult> answer, @Nullable SwitchOn switchOn) {
        request.begin(answer, this::cancel);
        Callable<@Nullable Object> body = this::run;
        (switchOn == null ? loop.mono(request.name(), body) : loop.mono(request.name(), switchOn, body))
                .subscribe(this);
    }

    private void cancel() {
        Subscription started = subscription;
        if (started != null) {
            started.cancel();
        }
    }

    // ---- in the coroutine

    private @Nullable Object run() {
        try {
            if (place >= 0) {
                call.setArgument(place, request.accept());
            }
            ended(call.invoke());
        } catch (Throwable failure) {
            failed(failure);
        } finally {
            if (request.end()) {
                connections.handled();
            }
        }
        return null;
    }

    private void ended(@Nullable Object value) {
        WebSocket socket = request.socket();
        if (socket != null) {
            socket.close();
        } else if (!request.isAnswered() && !request.isAbandoned()) {
            if (value != null) {
                request.answerWith(call.result(value));
            } else {
                request.failWith(new ResponseStatusException(HttpStatus.FORBIDDEN, "The handshake was not accepted"));
            }
        }
    }

    private void failed(Throwable failure) {
        WebSocket socket = request.socket();
        if (socket == null) {
            notOpened(failure);
        } else if (isOfTheEnd(failure, socket)) {
            log.debug("{} has ended with its connection", request.name(), failure);
            socket.close(GOING_AWAY, "");
        } else {
            report(failure);
            socket.close(INTERNAL_ERROR, "");
        }
    }

    /** Whether the connection, or the loop, has ended the handler. */
    private boolean isOfTheEnd(Throwable failure, WebSocket socket) {
        return failure instanceof CancellationException && (socket.isClosed() || loop.isClosing())
                || failure instanceof WebSocketClosedException && socket.isClosed();
    }

    private void notOpened(Throwable failure) {
        boolean cancelled = failure instanceof CancellationException;
        if (request.isAbandoned() || request.isAnswered()) {
            if (!cancelled && !(failure instanceof WebSocketClosedException)) {
                report(failure);
            }
        } else if (cancelled && loop.isClosing()) {
            request.failWith(new ResponseStatusException(
                    HttpStatus.SERVICE_UNAVAILABLE, "The application has ended before the answer", failure));
        } else {
            request.failWith(failure);
        }
    }

    private void report(Throwable failure) {
        log.error("The handler of {} has failed", request.uri(), failure);
    }

    // ---- the end of the coroutine, and that it could not start

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        this.subscription = subscription;
        if (request.isAbandoned()) { // before there was anything to cancel
            subscription.cancel();
        } else {
            subscription.request(Long.MAX_VALUE);
        }
    }

    @Override
    public void onNext(Object nothing) {}

    @Override
    public void onError(Throwable failure) {
        request.failWith(new ResponseStatusException(
                HttpStatus.SERVICE_UNAVAILABLE, String.valueOf(failure.getMessage()), failure));
    }

    @Override
    public void onComplete() {}
}
