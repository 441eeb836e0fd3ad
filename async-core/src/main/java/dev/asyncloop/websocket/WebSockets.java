package dev.asyncloop.websocket;

import dev.asyncloop.IOLoop;
import dev.asyncloop.http.Headers;
import io.netty.channel.Channel;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Makes WebSockets of connections that a server has accepted; for web frameworks. */
public final class WebSockets {

    private WebSockets() {}

    /**
     * Takes over a server's connection right after Reactor Netty has shaken hands on it, without compression. On the event
     * loop, before anything is read; the connection is to be left alone until it is closed. It belongs to the loop: the
     * framework closes it, with 1000 or 1011, when its handler ends.
     * @param uri what was asked for
     * @param headers those of the request
     * @param subprotocol the one that was agreed upon
     * @throws IllegalStateException outside of the channel's event loop
     */
    public static WebSocket accept(
            IOLoop loop,
            Channel channel,
            URI uri,
            Headers headers,
            @Nullable String subprotocol,
            WebSocketOptions options) {
        if (!channel.eventLoop().inEventLoop()) {
            throw new IllegalStateException("`WebSockets.accept` was called outside of the event loop of " + channel
                    + ", where frames may come meanwhile; call it in the handler of the handshake");
        }
        Handshake handshake = new Handshake(false, uri, headers, subprotocol, null);
        var life = loop.<@Nullable Void>promise("WebSocket " + uri);
        LoopWebSocket socket = new LoopWebSocket(loop, options, handshake, life);
        life.onCancel(socket::goAway);
        Frames.takeOverServer(channel.pipeline(), socket.wire());
        socket.wire().start();
        return socket;
    }
}
