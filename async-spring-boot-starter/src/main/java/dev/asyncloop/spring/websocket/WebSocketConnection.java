package dev.asyncloop.spring.websocket;

import dev.asyncloop.websocket.WebSocket;
import java.net.InetSocketAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One of the WebSockets that are open. Any thread.
 */
public interface WebSocketConnection {

    /** Returns the pattern of the mapping that serves it, such as {@code /chat/{room}}. */
    String pattern();

    /** Returns when it was opened. */
    Instant opened();

    /** Returns the address of the client; behind a proxy as {@code server.forward-headers-strategy} says. */
    @Nullable
    InetSocketAddress remoteAddress();

    /** Returns it. Coroutines of its loop may send to it; to receive is its handler's. */
    WebSocket socket();
}
