package dev.asyncloop.spring.websocket;

import java.util.Set;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.reactive.handler.AbstractHandlerMapping;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebInputException;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Says what is wrong with a request that has the path of a WebSocket, wants none, and nobody else has taken: 400 as
 * Tornado's, instead of 404.
 */
public final class NoWebSocketWantedMapping extends AbstractHandlerMapping {

    /** After all but static resources, which would answer 404. */
    private static final int ORDER = Ordered.LOWEST_PRECEDENCE - 2;

    private static final WebHandler REFUSAL = exchange -> Mono.error(refusal(exchange));

    private final WebSocketHandlerMapping webSockets;

    /** Makes a mapping of what those WebSockets are not asked for. */
    public NoWebSocketWantedMapping(WebSocketHandlerMapping webSockets) {
        this.webSockets = webSockets;
        setOrder(ORDER);
    }

    @Override
    public Mono<Object> getHandler(ServerWebExchange exchange) {
        return webSockets.hasPathOf(exchange) ? Mono.just(REFUSAL) : Mono.empty();
    }

    @Override
    protected Mono<?> getHandlerInternal(ServerWebExchange exchange) {
        return getHandler(exchange);
    }

    private static Throwable refusal(ServerWebExchange exchange) {
        HttpMethod method = exchange.getRequest().getMethod();
        if (method != HttpMethod.GET) {
            return new MethodNotAllowedException(method, Set.of(HttpMethod.GET));
        }
        return new ServerWebInputException("Can \"Upgrade\" only to \"WebSocket\"."
                + (isHttp2(exchange.getRequest()) ? " HTTP/2 can't at all: connect with HTTP/1.1." : ""));
    }

    private static boolean isHttp2(ServerHttpRequest request) {
        Object nativeRequest = ServerHttpRequestDecorator.getNativeRequest(request);
        return nativeRequest instanceof HttpServerRequest netty
                && netty.version().majorVersion() > 1;
    }
}
