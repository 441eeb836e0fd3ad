package dev.asyncloop.spring.web;

import java.util.function.UnaryOperator;
import org.springframework.web.server.ServerWebExchange;
import reactor.util.context.Context;

/** What comes after a {@link CoroutineWebFilter}: the other filters and the handler. Only for the filter's coroutine. */
public interface CoroutineWebFilterChain {

    /**
     * Lets the request go on and waits until it is answered, which as a rule means written.
     * @throws Exception the failure of what comes after, as it was thrown
     */
    void proceed() throws Exception;

    /**
     * As {@link #proceed()}, with another exchange, as {@link ServerWebExchange#mutate()} makes.
     * @throws Exception the failure of what comes after, as it was thrown
     */
    void proceed(ServerWebExchange exchange) throws Exception;

    /**
     * As {@link #proceed(ServerWebExchange)}, with more in the Reactor context of what comes after.
     * @throws Exception the failure of what comes after, as it was thrown
     */
    void proceed(ServerWebExchange exchange, UnaryOperator<Context> context) throws Exception;
}
