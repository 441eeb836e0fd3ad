package dev.asyncloop.websocket;

import dev.asyncloop.IOLoop;
import dev.asyncloop.Promise;
import dev.asyncloop.Task;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** Makes WebSockets of connections to a server of Reactor Netty; for web frameworks. */
public final class WebSockets {

    private WebSockets() {}

    /**
     * Accepts a handshake. The task has the WebSocket when the answer to its request was written, which the caller brings
     * about: the handler of the request has to end with status 101 and no body. The headers that it has set go into that
     * answer; with any other answer the task fails. Any thread; the WebSocket belongs to the running coroutine, or else to
     * the loop, and is closed with 1001 at the end of it.
     *
     * @param channel the connection of the request; HTTP/1.1
     * @param left called once, on the event loop or the loop, when the handler of the WebSocket has nobody to serve any
     *     more: at once if the connection is lost; after any other end if it does not receive that within
     *     {@code closeWait}, or, if it has never received anything and there is nothing to receive, within 100 ms; each message
     *     that it still receives starts the time anew. Not if it is the running coroutine, and closes the WebSocket itself
     */
    public static Task<WebSocket> accept(
            IOLoop loop, Channel channel, ServerHandshake handshake, WebSocketOptions options, Runnable left) {
        ServerHandshake.Agreement agreement = handshake.accept(options);
        Promise<WebSocket> promise = loop.promise("accepting " + handshake.uri());
        Promise<@Nullable Void> life = loop.promise("WebSocket " + handshake.uri());
        LoopWebSocket socket = new LoopWebSocket(loop, channel.eventLoop(), options, agreement.handshake(), life, left);
        Takeover takeover = new Takeover(socket, agreement, promise, life);
        if (channel.eventLoop().inEventLoop()) {
            takeover.begin(channel);
        } else {
            channel.eventLoop().execute(() -> takeover.begin(channel));
        }
        return promise.task();
    }

    /**
     * Closes a WebSocket with 1001 (going away), for the framework's reasons: what was sent before goes out, and its handler
     * sees the end. Any thread.
     */
    public static void goAway(WebSocket socket) {
        ((LoopWebSocket) socket).goAway();
    }
}
