package dev.asyncloop.spring.web;

import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.netty.Connection;

/** Finds the connection that a request has come by. */
final class RequestConnection {

    private RequestConnection() {}

    /** Returns the connection of the request, or with HTTP/2 its stream; {@code null} on another server, or none. */
    static @Nullable Connection of(ServerHttpRequest request) {
        ServerHttpRequest inner = request;
        while (inner instanceof ServerHttpRequestDecorator decorator) {
            inner = decorator.getDelegate();
        }
        if (!(inner instanceof AbstractServerHttpRequest real)) {
            return null;
        }
        try {
            Object server = real.getNativeRequest();
            return server instanceof Connection connection ? connection : null;
        } catch (IllegalStateException | IllegalArgumentException ex) { // of a mock, or of a kind that has none
            return null;
        }
    }
}
