package dev.asyncloop.spring.web;

import dev.asyncloop.IOLoop;
import org.springframework.context.ApplicationContext;
import org.springframework.web.server.ServerWebExchange;

/** Finds the loop of the application that a request has come to. */
final class LoopOfExchange {

    private LoopOfExchange() {}

    /**
     * Returns the loop.
     * @throws IllegalStateException if the exchange knows no application; {@code remedy} says what to do then
     */
    static IOLoop of(ServerWebExchange exchange, String who, String remedy) {
        ApplicationContext context = exchange.getApplicationContext();
        if (context == null) {
            throw new IllegalStateException(who + " has no loop for "
                    + exchange.getRequest().getMethod() + " "
                    + exchange.getRequest().getPath() + ": the exchange belongs to no application context; " + remedy);
        }
        return context.getBean(IOLoop.class);
    }
}
