package dev.asyncloop.spring.web;

import dev.asyncloop.IOLoop;
import dev.asyncloop.TimerHandle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.http.ResponseEntity;
import org.springframework.util.StringValueResolver;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What limits the requests of coroutine handlers: how many there are at a time, and how long each may take until its answer
 * begins. Handlers that are no coroutines are not limited.
 */
public final class RequestLimits {

    private final IOLoop loop;

    private final CoroutineRequests requests;

    private final TimeLimits timeLimits;

    /**
     * Makes limits whose time is the loop's.
     * @param timeLimit the limit of handlers without one of their own; may be none
     * @param placeholders resolves those in {@code @TimeLimit}
     */
    public RequestLimits(
            IOLoop loop, CoroutineRequests requests, @Nullable Duration timeLimit, StringValueResolver placeholders) {
        this.loop = loop;
        this.requests = requests;
        this.timeLimits = new TimeLimits(timeLimit, placeholders);
    }

    /** Returns the limit of time of a handler's requests, or {@code null} if they have none. */
    @Nullable
    Duration timeLimit(HandlerMethod handler) {
        return timeLimits.of(handler);
    }

    /** Returns the handling of a request within the limits, this one of its time included. */
    Mono<Returned> within(ServerWebExchange exchange, @Nullable Duration limit, Mono<Returned> handling) {
        if (limit == null) {
            return HandledRequest.of(loop, requests, exchange, null, handling);
        }
        long deadline = System.nanoTime() + limit.toNanos();
        return HandledRequest.of(loop, requests, exchange, limit, handling)
                .map(returned -> withLimit(returned, exchange, limit, deadline));
    }

    /** What a handler returns to be subscribed to is a part of the answer's time until the answer begins. */
    private Returned withLimit(Returned returned, ServerWebExchange exchange, Duration limit, long deadline) {
        Object value = returned.value();
        if (value instanceof Publisher<?> publisher) {
            return returned.with(withLimit(publisher, exchange, limit, deadline));
        }
        if (value instanceof ResponseEntity<?> entity && entity.getBody() instanceof Publisher<?> body) {
            return returned.with(new ResponseEntity<>(
                    withLimit(body, exchange, limit, deadline), entity.getHeaders(), entity.getStatusCode()));
        }
        return returned;
    }

    private Publisher<?> withLimit(Publisher<?> publisher, ServerWebExchange exchange, Duration limit, long deadline) {
        Mono<Object> passed = passed(exchange, limit, deadline);
        return publisher instanceof Mono<?> mono
                ? mono.takeUntilOther(passed)
                : Flux.from(publisher).takeUntilOther(passed);
    }

    /** Fails when the limit passes before the answer begins; else it never ends. */
    private Mono<Object> passed(ServerWebExchange exchange, Duration limit, long deadline) {
        return Mono.create(sink -> {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            TimerHandle timer = loop.callLater(
                    "time limit of an answer",
                    left,
                    () -> loop.eventLoopGroup().next().execute(() -> {
                        if (!exchange.getResponse().isCommitted()) {
                            sink.error(new RequestTimeLimitException(limit));
                        }
                    }));
            sink.onDispose(timer::cancel);
        });
    }

    /** Returns the answer to a request that a limit has ended, where the application has no other; else the failure itself. */
    static Mono<HandlerResult> problem(Throwable failure) {
        return switch (failure) {
            case RequestTimeLimitException limit -> Mono.just(ProblemResult.of(limit));
            case RequestRefusedException refused -> Mono.just(ProblemResult.of(refused));
            default -> Mono.error(failure);
        };
    }
}
