package dev.asyncloop.spring.web;

import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopClosedException;
import dev.asyncloop.TimerHandle;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One request of a coroutine handler on its way through the limits: it waits for its place, has its limit of time, and gives
 * both back at its end, which comes once, by its result, its failure, its limit or its client.
 *
 * <p>By hand, and not by {@code Mono.create}: it is kept as long as a request is being handled.
 */
final class HandledRequest extends Operators.DeferredSubscription implements CoreSubscriber<Returned>, Runnable {

    private static final AtomicIntegerFieldUpdater<HandledRequest> STATE =
            AtomicIntegerFieldUpdater.newUpdater(HandledRequest.class, "state");

    private static final int WAITING = 0;

    private static final int RUNNING = 1;

    private static final int ENDED = 2;

    private final IOLoop loop;

    private final CoroutineRequests requests;

    private final CoreSubscriber<? super Returned> subscriber;

    /** Until it has begun. */
    private @Nullable Mono<Returned> handling;

    private volatile @Nullable TimerHandle timer;

    private volatile int state;

    private HandledRequest(
            IOLoop loop,
            CoroutineRequests requests,
            Mono<Returned> handling,
            CoreSubscriber<? super Returned> subscriber) {
        this.loop = loop;
        this.requests = requests;
        this.handling = handling;
        this.subscriber = subscriber;
    }

    /** Returns the handling of a request within the limits. */
    static Mono<Returned> of(
            IOLoop loop,
            CoroutineRequests requests,
            ServerWebExchange exchange,
            @Nullable Duration limit,
            Mono<Returned> handling) {
        return new Limited(loop, requests, exchange, limit, handling);
    }

    private void arrive(ServerWebExchange exchange, @Nullable Duration limit) {
        CoroutineRequests.Entry entry = requests.enter(this);
        if (entry == CoroutineRequests.Entry.REFUSED) {
            Operators.error(subscriber, new RequestRefusedException(requests.reason(), null));
            return;
        }
        subscriber.onSubscribe(this);
        if (limit != null && state != ENDED) {
            startTimer(exchange, limit);
        }
        if (entry == CoroutineRequests.Entry.ADMITTED) {
            begin();
        }
    }

    private void startTimer(ServerWebExchange exchange, Duration limit) {
        try {
            timer = loop.callLater("time limit of a request", limit, () -> onEventLoop(() -> expire(exchange, limit)));
        } catch (LoopClosedException ex) {
            onError(ex);
        }
    }

    /** Who has a place by now, and has ended meanwhile, gives it to the next. */
    private void begin() {
        Mono<Returned> handling = this.handling;
        this.handling = null;
        if (handling != null && STATE.compareAndSet(this, WAITING, RUNNING)) {
            handling.subscribe((CoreSubscriber<Returned>) this);
        } else {
            requests.leave();
        }
    }

    private void onEventLoop(Runnable action) {
        EventLoop eventLoop = loop.eventLoopGroup().next();
        if (eventLoop.isShuttingDown()) {
            action.run();
        } else {
            eventLoop.execute(action);
        }
    }

    /** Has got the place of another request. */
    @Override
    public void run() {
        onEventLoop(this::begin);
    }

    /** An answer that has begun can't become another one, and is left alone. */
    private void expire(ServerWebExchange exchange, Duration limit) {
        if (!exchange.getResponse().isCommitted() && end()) {
            super.cancel();
            subscriber.onError(new RequestTimeLimitException(limit));
        }
    }

    @Override
    public void cancel() {
        if (end()) {
            super.cancel();
        }
    }

    /** Returns whether this is the end; true once. */
    private boolean end() {
        int before = STATE.getAndSet(this, ENDED);
        if (before == ENDED) {
            return false;
        }
        TimerHandle running = timer;
        if (running != null) {
            running.cancel();
        }
        if (before == RUNNING) {
            requests.leave();
        } else {
            requests.leaveLine(this); // or it has a place and is about to begin
        }
        return true;
    }

    @Override
    public Context currentContext() {
        return subscriber.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        set(subscription);
    }

    @Override
    public void onNext(Returned result) {
        if (end()) {
            subscriber.onNext(result);
            subscriber.onComplete();
        } else {
            Operators.onDiscard(result, currentContext());
        }
    }

    @Override
    public void onError(Throwable failure) {
        if (end()) {
            subscriber.onError(failure);
        } else {
            Operators.onErrorDropped(failure, currentContext());
        }
    }

    @Override
    public void onComplete() {
        if (end()) {
            subscriber.onComplete();
        }
    }

    /** A request that has not come to the limits yet. */
    private static final class Limited extends Mono<Returned> {

        private final IOLoop loop;

        private final CoroutineRequests requests;

        private final ServerWebExchange exchange;

        private final @Nullable Duration limit;

        private final Mono<Returned> handling;

        Limited(
                IOLoop loop,
                CoroutineRequests requests,
                ServerWebExchange exchange,
                @Nullable Duration limit,
                Mono<Returned> handling) {
            this.loop = loop;
            this.requests = requests;
            this.exchange = exchange;
            this.limit = limit;
            this.handling = handling;
        }

        @Override
        public void subscribe(CoreSubscriber<? super Returned> actual) {
            new HandledRequest(loop, requests, handling, actual).arrive(exchange, limit);
        }
    }
}
