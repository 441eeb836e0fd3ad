package dev.asyncloop.spring.web;

import dev.asyncloop.IOLoop;
import dev.asyncloop.TimerHandle;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

/**
 * One request of a coroutine handler on its way through the limits: it waits for its place, has its limit of time, and gives
 * both back at its end, which comes once, by its result, its failure, its limit or its client.
 */
final class HandledRequest implements Runnable {

    private final IOLoop loop;

    private final CoroutineRequests requests;

    private final ServerWebExchange exchange;

    private final @Nullable Duration limit;

    private final Mono<HandlerResult> handling;

    private final MonoSink<HandlerResult> sink;

    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

    private final Handling subscriber = new Handling();

    private volatile @Nullable TimerHandle timer;

    private HandledRequest(
            IOLoop loop,
            CoroutineRequests requests,
            ServerWebExchange exchange,
            @Nullable Duration limit,
            Mono<HandlerResult> handling,
            MonoSink<HandlerResult> sink) {
        this.loop = loop;
        this.requests = requests;
        this.exchange = exchange;
        this.limit = limit;
        this.handling = handling;
        this.sink = sink;
    }

    /** Returns the handling of a request within the limits. */
    static Mono<HandlerResult> of(
            IOLoop loop,
            CoroutineRequests requests,
            ServerWebExchange exchange,
            @Nullable Duration limit,
            Mono<HandlerResult> handling) {
        return Mono.create(sink -> new HandledRequest(loop, requests, exchange, limit, handling, sink).arrive());
    }

    private void arrive() {
        sink.onCancel(this::cancel);
        switch (requests.enter(this)) {
            case REFUSED -> sink.error(new RequestRefusedException(requests.reason(), null));
            case WAITING -> startTimer();
            case ADMITTED -> {
                startTimer();
                begin();
            }
        }
    }

    /** Who has a place by now, and has ended meanwhile, gives it to the next. */
    private void begin() {
        if (state.compareAndSet(State.WAITING, State.RUNNING)) {
            handling.subscribe((CoreSubscriber<HandlerResult>) subscriber);
        } else {
            requests.leave();
        }
    }

    private void startTimer() {
        if (limit != null) {
            timer = loop.callLater("time limit of a request", limit, () -> onEventLoop(this::expire));
        }
    }

    private void onEventLoop(Runnable action) {
        loop.eventLoopGroup().next().execute(action);
    }

    /** Has got the place of another request. */
    @Override
    public void run() {
        onEventLoop(this::begin);
    }

    /** An answer that has begun can't become another one, and is left alone. */
    private void expire() {
        Duration passed = limit;
        if (passed != null && !exchange.getResponse().isCommitted() && end()) {
            subscriber.dispose();
            sink.error(new RequestTimeLimitException(passed));
        }
    }

    private void cancel() {
        if (end()) {
            subscriber.dispose();
        }
    }

    /** Returns whether this is the end; true once. */
    private boolean end() {
        State before = state.getAndSet(State.ENDED);
        if (before == State.ENDED) {
            return false;
        }
        TimerHandle running = timer;
        if (running != null) {
            running.cancel();
        }
        if (before == State.RUNNING) {
            requests.leave();
        } else {
            requests.leaveLine(this); // or it has a place and is about to begin
        }
        return true;
    }

    private enum State {
        WAITING,
        RUNNING,
        ENDED
    }

    private final class Handling extends BaseSubscriber<HandlerResult> {

        @Override
        public Context currentContext() {
            return Context.of(sink.contextView());
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            requestUnbounded();
        }

        @Override
        protected void hookOnNext(HandlerResult result) {
            if (end()) {
                sink.success(result);
            }
        }

        @Override
        protected void hookOnError(Throwable failure) {
            if (end()) {
                sink.error(failure);
            }
        }

        @Override
        protected void hookOnComplete() {
            if (end()) {
                sink.success();
            }
        }
    }
}
