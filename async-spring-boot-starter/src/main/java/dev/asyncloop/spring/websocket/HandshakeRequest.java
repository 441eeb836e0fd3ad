package dev.asyncloop.spring.websocket;

import static dev.asyncloop.Async.await;

import dev.asyncloop.IOLoop;
import dev.asyncloop.Task;
import dev.asyncloop.http.Headers;
import dev.asyncloop.websocket.ServerHandshake;
import dev.asyncloop.websocket.WebSocket;
import dev.asyncloop.websocket.WebSocketOptions;
import dev.asyncloop.websocket.WebSockets;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.MonoSink;

/**
 * A request for a WebSocket while its handler runs. For WebFlux it ends when it is accepted or answered otherwise: from then
 * on nothing refers to the exchange any more.
 */
final class HandshakeRequest implements WebSocketHandshake {

    private final ServerHandshake handshake;

    private final WebSocketOptions options;

    private final WebSocketConnections connections;

    private final String pattern;

    private final Channel channel;

    /** The connection's, which it does not tell any more once it is lost. */
    private final EventLoop eventLoop;

    private @Nullable ServerWebExchange exchange;

    private @Nullable MonoSink<HandlerResult> answer;

    private @Nullable Runnable left;

    private boolean accepted;

    private @Nullable WebSocket socket;

    private boolean ended;

    /** The client has gone before there was an answer. */
    private volatile boolean abandoned;

    HandshakeRequest(
            ServerHandshake handshake,
            WebSocketOptions options,
            WebSocketConnections connections,
            String pattern,
            Channel channel,
            ServerWebExchange exchange) {
        this.handshake = handshake;
        this.options = options;
        this.connections = connections;
        this.pattern = pattern;
        this.channel = channel;
        this.eventLoop = channel.eventLoop();
        this.exchange = exchange;
    }

    /**
     * Begins to wait for the answer.
     * @param left ends the handler when there is nobody to serve any more
     */
    void begin(MonoSink<HandlerResult> answer, Runnable left) {
        this.answer = answer;
        this.left = left;
        answer.onCancel(() -> {
            abandoned = true;
            left.run();
        });
    }

    String name() {
        return "WebSocket " + pattern;
    }

    /** Whether the answer is on its way: after that there can't be another one. */
    boolean isAnswered() {
        return answer == null;
    }

    /** The handler has ended. Returns whether it has a WebSocket, which is counted for it, too. */
    boolean end() {
        ended = true;
        return socket != null;
    }

    boolean isAbandoned() {
        return abandoned;
    }

    /** Returns it once it is open. */
    @Nullable
    WebSocket socket() {
        return socket;
    }

    @Override
    public URI uri() {
        return handshake.uri();
    }

    @Override
    public Headers headers() {
        return handshake.headers();
    }

    @Override
    public List<String> subprotocols() {
        return handshake.subprotocols();
    }

    // ---- the handler's coroutine

    @Override
    public WebSocket accept(UnaryOperator<WebSocketOptions> change) {
        ServerWebExchange exchange = this.exchange;
        Runnable left = this.left;
        if (accepted || exchange == null || left == null) {
            throw new IllegalStateException("The WebSocket " + uri() + " was accepted before, or its handler has ended;"
                    + " a handshake can be accepted once");
        }
        if (connections.isStopped()) {
            throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE, "The application ends");
        }
        if (abandoned) {
            throw new CancellationException("The request for " + uri() + " has ended");
        }
        WebSocketOptions chosen = change.apply(options);
        IOLoop loop = IOLoop.current();
        Task<WebSocket> opening = accept(loop, chosen, left);
        accepted = true;
        InetSocketAddress address = exchange.getRequest().getRemoteAddress();
        WebSocket opened = open(exchange.getResponse(), opening);
        ServedWebSocket served = new ServedWebSocket(opened, pattern, address, Instant.now());
        socket = opened;
        connections.opened(served, !ended);
        channel.closeFuture().addListener(end -> connections.closed(served));
        return opened;
    }

    private Task<WebSocket> accept(IOLoop loop, WebSocketOptions chosen, Runnable left) {
        try {
            return WebSockets.accept(loop, channel, handshake, chosen, left);
        } catch (IllegalStateException ex) {
            if (channel.isRegistered()) {
                throw ex;
            }
            CancellationException gone = new CancellationException("The client has gone");
            gone.initCause(ex);
            throw gone;
        }
    }

    private WebSocket open(ServerHttpResponse response, Task<WebSocket> opening) {
        try {
            response.setStatusCode(HttpStatus.SWITCHING_PROTOCOLS);
            await(response.setComplete()); // as an ordinary one: what is to be done before the commit is done
            if (isAnswered()) { // a child accepts, and the handler has ended
                throw new CancellationException("The handler of " + uri() + " has ended");
            }
            answer(MonoSink::success);
            return await(opening);
        } catch (RuntimeException ex) {
            opening.handle((none, consequence) -> ex); // so that it is not reported as well
            throw ex;
        }
    }

    /** Ends the request as an ordinary one. */
    void answerWith(HandlerResult result) {
        answer(sink -> sink.success(result));
    }

    void failWith(Throwable failure) {
        answer(sink -> sink.error(failure));
    }

    /** Reactor Netty is told on its own thread: it looks at the connection, which may be lost at any moment. */
    private void answer(Consumer<MonoSink<HandlerResult>> outcome) {
        MonoSink<HandlerResult> sink = Objects.requireNonNull(answer, "answered before");
        answer = null;
        exchange = null;
        left = null;
        if (eventLoop.isShuttingDown()) { // and takes no more
            outcome.accept(sink);
        } else {
            eventLoop.execute(() -> outcome.accept(sink));
        }
    }
}
