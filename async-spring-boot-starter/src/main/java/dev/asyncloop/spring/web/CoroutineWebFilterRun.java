package dev.asyncloop.spring.web;

import dev.asyncloop.IOLoop;
import java.util.function.UnaryOperator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** One request in a {@link CoroutineWebFilter}. */
final class CoroutineWebFilterRun implements CoroutineWebFilterChain {

    private final ServerWebExchange exchange;

    private final WebFilterChain chain;

    private CoroutineWebFilterRun(ServerWebExchange exchange, WebFilterChain chain) {
        this.exchange = exchange;
        this.chain = chain;
    }

    static Mono<Void> start(IOLoop loop, CoroutineWebFilter filter, ServerWebExchange exchange, WebFilterChain chain) {
        Mono<Void> filtering = loop.mono(name(filter, exchange), () -> {
            filter.filter(exchange, new CoroutineWebFilterRun(exchange, chain));
            return null;
        });
        return CoroutineContext.of(exchange)
                .complete(filtering)
                .onErrorMap(failure -> WebFailures.asWebError(failure, loop));
    }

    private static String name(CoroutineWebFilter filter, ServerWebExchange exchange) {
        Class<?> type = filter.getClass();
        return (type.isSynthetic() ? "filter" : type.getSimpleName()) + " of "
                + exchange.getRequest().getMethod() + " "
                + exchange.getRequest().getPath();
    }

    @Override
    public void proceed() throws Exception {
        proceed(exchange);
    }

    @Override
    public void proceed(ServerWebExchange exchange) throws Exception {
        PlainAwait.await(Mono.defer(() -> chain.filter(exchange)));
    }

    @Override
    public void proceed(ServerWebExchange exchange, UnaryOperator<Context> context) throws Exception {
        PlainAwait.await(Mono.defer(() -> chain.filter(exchange)).contextWrite(context));
    }
}
