package dev.asyncloop.spring.web;

import dev.asyncloop.IOLoop;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * A {@link WebFilter} that is a coroutine: plain code, which may {@code await} before and after
 * {@link CoroutineWebFilterChain#proceed() chain.proceed()}. Tornado's {@code prepare} and {@code on_finish} in one.
 *
 * <p>Declare it as a bean; its {@code @Order} counts as any filter's. It runs on the application's loop, and what it has
 * started is cancelled when it ends; a client that goes away cancels it. Filters and handlers behind it see the Reactor
 * context of the request.
 */
@FunctionalInterface
public interface CoroutineWebFilter extends WebFilter {

    /**
     * Filters a request. Without a call of the chain, the response is what this has made of it.
     * @throws Exception which answers the request as if the handler had thrown it, but for {@code @ExceptionHandler}
     */
    void filter(ServerWebExchange exchange, CoroutineWebFilterChain chain) throws Exception;

    /** Starts the coroutine. */
    @Override
    default Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        IOLoop loop = LoopOfExchange.of(exchange, getClass().getName(), "use `on(loop)`");
        return CoroutineWebFilterRun.start(loop, this, exchange, chain);
    }

    /** Returns this as a filter on a loop: for use outside of an application, as in a test. */
    default WebFilter on(IOLoop loop) {
        return (exchange, chain) -> CoroutineWebFilterRun.start(loop, this, exchange, chain);
    }
}
