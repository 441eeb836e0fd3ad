package dev.asyncloop.spring.web;

import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;

/**
 * Puts a handler with less around each request in the place of Spring's own
 * {@link org.springframework.web.server.adapter.HttpWebHandlerAdapter}, inside all other decorators. One that is made of
 * something else than Spring's own parts is left as it is.
 */
public final class CoroutineHttpHandlerDecorator implements HttpHandlerDecoratorFactory, Ordered {

    /** Makes a decorator. */
    public CoroutineHttpHandlerDecorator() {}

    /** The last is the innermost. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public HttpHandler apply(HttpHandler handler) {
        return CoroutineHttpHandler.of(handler);
    }
}
