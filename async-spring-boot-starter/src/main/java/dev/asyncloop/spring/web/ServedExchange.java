package dev.asyncloop.spring.web;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One request from its arrival to its end: it is handled; a failure is resolved by the exception handlers; and then it is
 * cleaned up after, and its answer completed.
 *
 * <p>What it subscribes to, it subscribes to as a plain {@code Subscriber}: so Reactor's hooks apply, as for an operator.
 */
final class ServedExchange implements CoreSubscriber<Void>, Subscription {

    private static final AtomicReferenceFieldUpdater<ServedExchange, @Nullable Subscription> UPSTREAM =
            AtomicReferenceFieldUpdater.newUpdater(ServedExchange.class, Subscription.class, "upstream");

    private enum Step {
        HANDLING,
        RESOLVING,
        COMPLETING,
        ENDED
    }

    private final CoroutineHttpHandler server;

    private final ServerWebExchange exchange;

    private final ServerObservation observation;

    private final CoreSubscriber<? super Void> subscriber;

    private Context context = Context.empty();

    private Step step = Step.HANDLING;

    /** What is going on at the moment, for cancelling. */
    @SuppressWarnings("unused") // through UPSTREAM
    private volatile @Nullable Subscription upstream;

    ServedExchange(
            CoroutineHttpHandler server,
            ServerWebExchange exchange,
            ServerObservation observation,
            CoreSubscriber<? super Void> subscriber) {
        this.server = server;
        this.exchange = exchange;
        this.observation = observation;
        this.subscriber = subscriber;
    }

    void begin() {
        subscriber.onSubscribe(this);
        try {
            context = observation.start(
                    server.getObservationRegistry(), server.getObservationConvention(), subscriber.currentContext());
        } catch (Throwable ex) {
            Exceptions.throwIfFatal(ex);
            end(ex);
            return;
        }
        Mono<Void> handling;
        try {
            handling = Objects.requireNonNull(
                    server.handling(exchange), "The Mono returned by the supplier is null"); // as an operator says
        } catch (Throwable ex) {
            onError(Operators.onOperatorError(ex, context));
            return;
        }
        follow(handling);
    }

    private void follow(Mono<Void> next) {
        next.subscribe((Subscriber<Void>) this);
    }

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    public void onSubscribe(Subscription next) {
        if (Operators.replace(UPSTREAM, this, next)) {
            next.request(Long.MAX_VALUE);
        } else {
            cancelled(); // before it was begun
        }
    }

    @Override
    public void onNext(Void never) {}

    @Override
    public void onError(Throwable failure) {
        switch (step) {
            case HANDLING -> {
                step = Step.RESOLVING;
                follow(server.resolving(exchange, observation, failure));
            }
            case RESOLVING -> {
                try {
                    observation.failed(failure);
                } catch (Throwable ex) {
                    Exceptions.throwIfFatal(ex);
                    end(Exceptions.multiple(ex, failure));
                    return;
                }
                end(failure);
            }
            case COMPLETING -> end(failure);
            case ENDED -> Operators.onErrorDropped(failure, context);
        }
    }

    @Override
    public void onComplete() {
        switch (step) {
            case HANDLING, RESOLVING -> {
                step = Step.COMPLETING;
                try {
                    observation.completed();
                } catch (Throwable ex) {
                    Exceptions.throwIfFatal(ex);
                    end(ex);
                    return;
                }
                complete();
            }
            case COMPLETING -> end();
            case ENDED -> {}
        }
    }

    private void complete() {
        if (upstream == Operators.cancelledSubscription()) {
            return;
        }
        ServerHttpResponse response = exchange.getResponse();
        if (exchange.getRequest().getHeaders().getFirst(HttpHeaders.CONTENT_TYPE) != null) { // there may be parts
            follow(exchange.cleanupMultipart().then(Mono.defer(response::setComplete)));
        } else if (DirectWrite.isBare(response) && response.isCommitted()) { // others may have more to complete
            end();
        } else {
            follow(Mono.defer(response::setComplete));
        }
    }

    private void end() {
        step = Step.ENDED;
        subscriber.onComplete();
    }

    private void end(Throwable failure) {
        step = Step.ENDED;
        subscriber.onError(failure);
    }

    @Override
    public void request(long n) {
        Operators.validate(n); // there are no values
    }

    @Override
    public void cancel() {
        try {
            observation.cancelled();
        } catch (Throwable ex) {
            Operators.terminate(UPSTREAM, this);
            drop(ex);
            return;
        }
        Operators.terminate(UPSTREAM, this);
        cancelled(); // if it was begun meanwhile
    }

    private void cancelled() {
        try {
            observation.cancelled();
        } catch (Throwable ex) {
            drop(ex);
        }
    }

    private void drop(Throwable failure) {
        Exceptions.throwIfFatal(failure);
        Operators.onErrorDropped(failure, context);
    }
}
