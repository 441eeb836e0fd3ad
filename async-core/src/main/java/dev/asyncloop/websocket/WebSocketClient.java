package dev.asyncloop.websocket;

import dev.asyncloop.IOLoop;
import dev.asyncloop.Task;
import dev.asyncloop.net.ConnectionOptions;

/**
 * Opens WebSockets on a loop. Tornado's {@code websocket_connect}. All methods may be called by any thread.
 */
public interface WebSocketClient extends AutoCloseable {

    /** Makes a client with default options. */
    static WebSocketClient create(IOLoop loop) {
        return create(loop, WebSocketOptions.defaults());
    }

    /** Makes a client. */
    static WebSocketClient create(IOLoop loop, WebSocketOptions options) {
        return create(loop, options, ConnectionOptions.defaults());
    }

    /** Makes a client that connects so: TLS, proxy, names. Its connections are HTTP/1.1 whatever versions are given. */
    static WebSocketClient create(IOLoop loop, WebSocketOptions options, ConnectionOptions connection) {
        return new LoopWebSocketClient(loop, options, connection);
    }

    /** Returns the options of {@link #connect(String)}, to start from for others. */
    WebSocketOptions options();

    /** As {@link #connect(String, WebSocketOptions)}, with the client's options. */
    Task<WebSocket> connect(String url);

    /**
     * Opens a WebSocket. It belongs to the running coroutine, and is closed with 1001 when that ends; opened elsewhere, it
     * belongs to the loop. The task ends with it, or fails with a {@link WebSocketException}:
     * {@link WebSocketConnectException}, {@link WebSocketTimeoutException}, {@link HandshakeRefusedException} for a status
     * other than 101 (redirects are not followed) or {@link BadHandshakeException}. Cancelling the task closes the
     * connection.
     * @param url begins with {@code ws://} or {@code wss://}; its {@code user:password@} is sent as
     *     {@code Authorization: Basic} and shown nowhere
     * @throws IllegalArgumentException if the URL can't be connected to
     * @throws dev.asyncloop.LoopClosedException if the loop is closed
     */
    Task<WebSocket> connect(String url, WebSocketOptions options);

    /** Returns how many WebSockets of this client are open, or being opened or closed. */
    int active();

    /** Returns the numbers of those that are open, and of all so far. */
    WebSocketStatistics statistics();

    /** Refuses new connections, gives up those that are being opened, and closes the others with 1001. Idempotent. */
    @Override
    void close();
}
