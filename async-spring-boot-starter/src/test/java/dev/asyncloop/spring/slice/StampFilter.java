package dev.asyncloop.spring.slice;

import static dev.asyncloop.Async.yieldNow;

import dev.asyncloop.spring.web.CoroutineWebFilter;
import dev.asyncloop.spring.web.CoroutineWebFilterChain;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;

/** Part of the slice. */
@Component
class StampFilter implements CoroutineWebFilter {

    @Override
    public void filter(ServerWebExchange exchange, CoroutineWebFilterChain chain) throws Exception {
        yieldNow();
        exchange.getResponse().getHeaders().set("X-Stamp", "seen");
        chain.proceed();
    }
}
