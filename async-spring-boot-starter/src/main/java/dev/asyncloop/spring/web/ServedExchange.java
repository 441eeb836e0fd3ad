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
        COMPLETING
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
        try {
            context = observation.start(
                    server.getObservationRegistry(), server.getObservationConvention(), subscriber.currentContext());
        } catch (Throwable ex) {
            Exceptions.throwIfFatal(ex);
            Operators.error(subscriber, ex);
            return;
        }
        subscriber.onSubscribe(this);
        Mono<Void> handling;
        try {
            handling = Objects.requireNonNull(server.handling(exchange), "no Mono from the filters");
        } catch (Throwable ex) {
            Exceptions.throwIfFatal(ex);
            onError(ex);
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
                step = Step.COMPLETING;
                end(() -> observation.failed(failure), failure);
            }
            case COMPLETING -> subscriber.onError(failure);
        }
    }

    @Override
    public void onComplete() {
        if (step == Step.COMPLETING) {
            subscriber.onComplete();
            return;
        }
        step = Step.COMPLETING;
        try {
            observation.completed();
        } catch (Throwable ex) {
            Exceptions.throwIfFatal(ex);
            subscriber.onError(ex);
            return;
        }
        complete();
    }

    private void complete() {
        ServerHttpResponse response = exchange.getResponse();
        if (exchange.getRequest().getHeaders().getFirst(HttpHeaders.CONTENT_TYPE) != null) { // there may be parts
            follow(exchange.cleanupMultipart().then(Mono.defer(response::setComplete)));
        } else if (response.isCommitted()) {
            subscriber.onComplete();
        } else {
            follow(response.setComplete());
        }
    }

    /** Ends with a failure, and tells of it before, which may fail as well. */
    private void end(Runnable telling, Throwable failure) {
        try {
            telling.run();
        } catch (Throwable ex) {
            Exceptions.throwIfFatal(ex);
            failure.addSuppressed(ex);
        }
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
            Exceptions.throwIfFatal(ex);
            Operators.onErrorDropped(ex, context);
        } finally {
            Operators.terminate(UPSTREAM, this);
        }
    }
}
