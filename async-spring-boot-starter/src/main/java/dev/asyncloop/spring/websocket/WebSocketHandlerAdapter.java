package dev.asyncloop.spring.websocket;

import dev.asyncloop.IOLoop;
import dev.asyncloop.http.Headers;
import dev.asyncloop.spring.web.CoroutineHandlerAdapter;
import dev.asyncloop.spring.web.HandlerCall;
import dev.asyncloop.spring.web.HandlerCalls;
import dev.asyncloop.websocket.ServerHandshake;
import dev.asyncloop.websocket.UpgradeRefusedException;
import dev.asyncloop.websocket.WebSocket;
import dev.asyncloop.websocket.WebSocketOptions;
import io.netty.channel.Channel;
import java.net.URI;
import java.util.List;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.server.HttpServerRequest;
import reactor.util.context.Context;

/**
 * Runs {@link dev.asyncloop.spring.WebSocketMapping @WebSocketMapping} handlers, each as a coroutine of its connection.
 */
public final class WebSocketHandlerAdapter implements HandlerAdapter {

    private static final String REQUEST = HandshakeRequest.class.getName();

    private final IOLoop loop;

    private final HandlerCalls calls;

    private final WebSocketOptions options;

    private final WebSocketConnections connections;

    /**
     * Makes an adapter that runs handlers on this loop.
     * @param handlers those of ordinary requests
     * @param options of all WebSockets, as far as mappings and handlers say nothing else
     */
    public WebSocketHandlerAdapter(
            IOLoop loop, CoroutineHandlerAdapter handlers, WebSocketOptions options, WebSocketConnections connections) {
        this.loop = loop;
        this.calls = handlers.calls(List.of(new Resolver()));
        this.options = options;
        this.connections = connections;
    }

    @Override
    public boolean supports(Object handler) {
        return handler instanceof Endpoint;
    }

    @Override
    public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
        Endpoint endpoint = (Endpoint) handler;
        HandshakeRequest request;
        try {
            request = request(exchange, endpoint);
        } catch (ResponseStatusException ex) {
            return Mono.error(ex);
        }
        exchange.getAttributes().put(REQUEST, request);
        return calls.prepare(exchange, endpoint.method(), call -> run(endpoint, request, call));
    }

    private Mono<HandlerResult> run(Endpoint endpoint, HandshakeRequest request, HandlerCall call) {
        int place = place(endpoint);
        return Mono.create(
                answer -> new HandlerRun(loop, call, place, request, connections, Context.of(answer.contextView()))
                        .start(answer, endpoint.switchOn()));
    }

    private static int place(Endpoint endpoint) {
        for (MethodParameter parameter : endpoint.method().getMethodParameters()) {
            if (parameter.getParameterType() == WebSocket.class) {
                return parameter.getParameterIndex();
            }
        }
        return -1;
    }

    /** Checks as Tornado does, in its order. */
    private HandshakeRequest request(ServerWebExchange exchange, Endpoint endpoint) {
        ServerHttpRequest request = exchange.getRequest();
        if (!endpoint.origins().allow(request)) {
            throw new ResponseStatusException(HttpStatus.FORBIDDEN, "Cross origin WebSockets not allowed");
        }
        Channel channel = channel(exchange);
        HttpServerRequest netty = ServerHttpRequestDecorator.getNativeRequest(request);
        try {
            ServerHandshake handshake = ServerHandshake.of(uri(request), Headers.of(netty.requestHeaders()));
            WebSocketOptions own = endpoint.subprotocols().isEmpty()
                    ? options
                    : options.withSubprotocols(endpoint.subprotocols().toArray(String[]::new));
            return new HandshakeRequest(handshake, own, connections, pattern(exchange), channel, exchange);
        } catch (UpgradeRefusedException ex) {
            if (ex.status() == HttpStatus.UPGRADE_REQUIRED.value()) {
                exchange.getResponse().getHeaders().set("Sec-WebSocket-Version", ServerHandshake.VERSION);
            }
            throw new ResponseStatusException(ex.status(), ex.getMessage(), ex);
        }
    }

    private static Channel channel(ServerWebExchange exchange) {
        try {
            Object response = ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse());
            if (response instanceof ChannelOperations<?, ?> connection) {
                return connection.channel();
            }
        } catch (IllegalStateException | IllegalArgumentException ex) {
            // there is no server, as in a test
        }
        throw new ResponseStatusException(
                HttpStatus.NOT_IMPLEMENTED, "@WebSocketMapping needs Reactor Netty as the web server");
    }

    /** There are proxies that forward {@code ws} and {@code wss} as the scheme, and such that forward that of HTTP. */
    private static URI uri(ServerHttpRequest request) {
        String uri = request.getURI().toString();
        String scheme = uri.startsWith("https:") || uri.startsWith("wss:") ? "wss" : "ws";
        return URI.create(scheme + uri.substring(uri.indexOf(':')));
    }

    private static String pattern(ServerWebExchange exchange) {
        Object pattern = exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        return pattern != null
                ? pattern.toString()
                : exchange.getRequest().getPath().value();
    }

    /** Leaves the place of the WebSocket empty until it is accepted. */
    private static final class Resolver implements HandlerMethodArgumentResolver {

        @Override
        public boolean supportsParameter(MethodParameter parameter) {
            return parameter.getParameterType() == WebSocket.class
                    || parameter.getParameterType() == WebSocketHandshake.class;
        }

        @Override
        public Mono<Object> resolveArgument(
                MethodParameter parameter, BindingContext binding, ServerWebExchange exchange) {
            Object request = exchange.getAttribute(REQUEST);
            return parameter.getParameterType() == WebSocket.class ? Mono.empty() : Mono.justOrEmpty(request);
        }
    }
}
