package dev.asyncloop.spring.web;

import dev.asyncloop.spring.web.CoroutineDispatcherHandler.Dispatch;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One request on its way from the search for its handler to the end of its answer. If the handler is a coroutine, there is
 * nothing around it but this; all others, failures, and answers of an unusual kind go through Reactor's operators.
 *
 * <p>What it subscribes to, it subscribes to as a plain {@code Subscriber}: so Reactor's hooks apply, as for an operator.
 */
final class DispatchedRequest implements CoreSubscriber<Returned>, Subscription {

    private static final AtomicReferenceFieldUpdater<DispatchedRequest, @Nullable Subscription> UPSTREAM =
            AtomicReferenceFieldUpdater.newUpdater(DispatchedRequest.class, Subscription.class, "upstream");

    private final Dispatch dispatch;

    private final ServerWebExchange exchange;

    private final CoreSubscriber<? super Void> subscriber;

    /** What is going on at the moment, for cancelling. */
    @SuppressWarnings("unused") // through UPSTREAM
    private volatile @Nullable Subscription upstream;

    /** Once it is found, if it is one. */
    private @Nullable CoroutineHandlerMethod coroutine;

    private boolean hasReturned;

    DispatchedRequest(Dispatch dispatch, ServerWebExchange exchange, CoreSubscriber<? super Void> subscriber) {
        this.dispatch = dispatch;
        this.exchange = exchange;
        this.subscriber = subscriber;
    }

    void begin() {
        subscriber.onSubscribe(this);
        new HandlerSearch(dispatch.mappings(), exchange, this).search();
    }

    /** Goes on with this; returns whether the request is not cancelled. */
    boolean follow(Subscription next) {
        if (Operators.replace(UPSTREAM, this, next)) {
            next.request(Long.MAX_VALUE);
            return true;
        }
        return false;
    }

    boolean isCancelled() {
        return upstream == Operators.cancelledSubscription();
    }

    /** The search has found a handler. */
    void found(Object handler) {
        try {
            HandlerAdapter adapter = adapter(handler);
            CoroutineHandlerMethod coroutine =
                    adapter == dispatch.coroutines() ? dispatch.coroutines().unprepared(handler) : null;
            if (coroutine != null) {
                this.coroutine = coroutine;
                dispatch.coroutines().call(exchange, coroutine).subscribe((Subscriber<Returned>) this);
            } else if (adapter != null) {
                finish(dispatch.results().handle(exchange, adapter.handle(exchange, handler)));
            } else {
                end();
            }
        } catch (Throwable ex) {
            fail(ex);
        }
    }

    /** Returns none for what the mapping has refused, by a status that says so. */
    private @Nullable HandlerAdapter adapter(Object handler) {
        if (HttpStatus.FORBIDDEN.equals(exchange.getResponse().getStatusCode())) {
            return null;
        }
        for (HandlerAdapter adapter : dispatch.adapters()) {
            if (adapter.supports(handler)) {
                return adapter;
            }
        }
        throw new IllegalStateException("No HandlerAdapter: " + handler);
    }

    /** The search has failed, or found nothing. */
    void notFound(Throwable failure) {
        finish(dispatch.results().handle(exchange, Mono.error(failure)));
    }

    @Override
    public Context currentContext() {
        return subscriber.currentContext();
    }

    @Override
    public void onSubscribe(Subscription handling) {
        follow(handling);
    }

    @Override
    public void onNext(Returned returned) {
        hasReturned = true;
        try {
            answer(returned);
        } catch (Throwable ex) {
            fail(ex);
        }
    }

    private void answer(Returned returned) {
        DataBuffer body;
        try {
            body = dispatch.answers() != null ? dispatch.answers().encode(exchange, returned) : null;
        } catch (Throwable ex) {
            Exceptions.throwIfFatal(ex);
            unwritten(returned, ex);
            return;
        }
        if (body != null) {
            DirectWrite.begin(body, returned, exchange.getResponse(), this);
        } else {
            finish(dispatch.results().write(exchange, returned.asResult()));
        }
    }

    /** What was returned could not be written. */
    void unwritten(Returned returned, Throwable failure) {
        finish(dispatch.results().unwritten(exchange, returned.asResult(), failure));
    }

    /** The coroutine has failed. */
    @Override
    public void onError(Throwable failure) {
        CoroutineHandlerMethod failed = coroutine;
        if (hasReturned || failed == null) {
            Operators.onErrorDropped(failure, currentContext());
            return;
        }
        hasReturned = true;
        finish(dispatch.results()
                .handle(
                        exchange,
                        Mono.defer(() -> dispatch.coroutines().failed(exchange, failed.exceptionHandler(), failure))));
    }

    /** Without a result, the handler has written the answer itself. */
    @Override
    public void onComplete() {
        if (!hasReturned) {
            end();
        }
    }

    void end() {
        subscriber.onComplete();
    }

    private void fail(Throwable failure) {
        Exceptions.throwIfFatal(failure);
        subscriber.onError(failure);
    }

    private void finish(Mono<Void> rest) {
        rest.subscribe((Subscriber<Void>) new Rest());
    }

    @Override
    public void request(long n) {
        Operators.validate(n); // there are no values
    }

    @Override
    public void cancel() {
        Operators.terminate(UPSTREAM, this);
    }

    /** What operators do to the end. */
    private final class Rest implements CoreSubscriber<Void> {

        @Override
        public Context currentContext() {
            return subscriber.currentContext();
        }

        @Override
        public void onSubscribe(Subscription rest) {
            follow(rest);
        }

        @Override
        public void onNext(Void never) {}

        @Override
        public void onError(Throwable failure) {
            subscriber.onError(failure);
        }

        @Override
        public void onComplete() {
            subscriber.onComplete();
        }
    }
}
