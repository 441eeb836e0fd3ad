package dev.asyncloop.spring.web;

import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.springframework.http.HttpStatus;
import org.springframework.web.accept.ApiVersionHolder;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** Asks the mappings for the handler of a request, one after the other, until one has it. */
final class HandlerSearch implements CoreSubscriber<Object> {

    private static final AtomicIntegerFieldUpdater<HandlerSearch> DUE =
            AtomicIntegerFieldUpdater.newUpdater(HandlerSearch.class, "due");

    private final Iterator<AskedMapping> mappings;

    private final ServerWebExchange exchange;

    private final DispatchedRequest request;

    /** How many are to be asked; one that answers at once is followed by the next in the same loop. */
    @SuppressWarnings("unused") // through DUE
    private volatile int due;

    private boolean ended;

    HandlerSearch(List<AskedMapping> mappings, ServerWebExchange exchange, DispatchedRequest request) {
        this.mappings = mappings.iterator();
        this.exchange = exchange;
        this.request = request;
    }

    void search() {
        if (DUE.getAndIncrement(this) == 0) {
            do {
                askNext();
            } while (DUE.decrementAndGet(this) > 0);
        }
    }

    private void askNext() {
        if (!mappings.hasNext()) {
            onError(new ResponseStatusException(HttpStatus.NOT_FOUND));
            return;
        }
        AskedMapping mapping = mappings.next();
        HandlerMethod handler = null;
        try {
            if (!request.isCancelled()) {
                if (mapping.hasNone(exchange)) {
                    search();
                    return;
                }
                handler = mapping.handler(exchange);
            }
        } catch (Throwable ex) {
            onError(Operators.onOperatorError(
                    null, ex, ApiVersionHolder.EMPTY, currentContext())); // as the mapping's operator
            return;
        }
        if (handler != null) {
            onNext(handler);
        } else {
            ask(mapping);
        }
    }

    private void ask(AskedMapping mapping) {
        Mono<Object> asked;
        try {
            asked = Objects.requireNonNull(mapping.getHandler(exchange), "no Mono from a mapping");
        } catch (Throwable ex) {
            Exceptions.throwIfFatal(ex);
            onError(ex);
            return;
        }
        asked.subscribe((Subscriber<Object>) this);
    }

    @Override
    public Context currentContext() {
        return request.currentContext();
    }

    @Override
    public void onSubscribe(Subscription asked) {
        request.follow(asked);
    }

    @Override
    public void onNext(Object handler) {
        if (!ended) {
            ended = true;
            request.found(handler);
        }
    }

    @Override
    public void onError(Throwable failure) {
        if (ended) {
            Operators.onErrorDropped(failure, currentContext());
        } else {
            ended = true;
            request.notFound(failure);
        }
    }

    @Override
    public void onComplete() {
        if (!ended) {
            search();
        }
    }
}
