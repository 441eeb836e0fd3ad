package dev.asyncloop.spring.websocket;

import dev.asyncloop.websocket.WebSocket;
import java.net.InetSocketAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A WebSocket that was accepted. Lives as long as the connection, so it refers to little. */
record ServedWebSocket(
        WebSocket socket, String pattern, @Nullable InetSocketAddress remoteAddress, Instant opened)
        implements WebSocketConnection {

    /** Each is one of its own. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return pattern + " from " + remoteAddress + " since " + opened;
    }
}
