package dev.asyncloop.spring.websocket;

import java.util.Set;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.reactive.DispatchExceptionHandler;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.resource.ResourceWebHandler;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebInputException;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Says what is wrong with a request that has the path of a WebSocket, wants none, and finds neither a handler nor a static
 * file: 400 as Tornado's, instead of 404. It comes before exception handlers, so that this is what they are asked about.
 */
public final class NoWebSocketWanted implements HandlerAdapter, DispatchExceptionHandler, PriorityOrdered {

    private final WebSocketHandlerMapping webSockets;

    /** Tells requests that those WebSockets are not asked for. */
    public NoWebSocketWanted(WebSocketHandlerMapping webSockets) {
        this.webSockets = webSockets;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    /** Adapts nothing: it is an adapter because only these are asked about failures. */
    @Override
    public boolean supports(Object handler) {
        return false;
    }

    @Override
    public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<HandlerResult> handleError(ServerWebExchange exchange, Throwable failure) {
        return Mono.error(
                isNothingThere(exchange, failure) && webSockets.hasPathOf(exchange) ? refusal(exchange) : failure);
    }

    /** A handler that says so itself has its reasons. */
    private static boolean isNothingThere(ServerWebExchange exchange, Throwable failure) {
        if (!(failure instanceof ResponseStatusException status)
                || !status.getStatusCode().isSameCodeAs(HttpStatus.NOT_FOUND)) {
            return false;
        }
        Object handler = exchange.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE);
        return handler == null || handler instanceof ResourceWebHandler;
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
