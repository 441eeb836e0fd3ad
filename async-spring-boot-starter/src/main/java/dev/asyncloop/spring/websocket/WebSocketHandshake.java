package dev.asyncloop.spring.websocket;

import dev.asyncloop.http.Headers;
import dev.asyncloop.websocket.WebSocket;
import dev.asyncloop.websocket.WebSocketOptions;
import java.net.URI;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A client that asks for a WebSocket: the handler may wait, look something up, and then accept or refuse it. Tornado's
 * {@code prepare} and {@code select_subprotocol}.
 *
 * <pre>{@code
 * @WebSocketMapping("/feed/{name}")
 * void feed(@PathVariable String name, WebSocketHandshake handshake) {
 *     Feed feed = await(feeds.find(name));
 *     if (feed == null) {
 *         throw new ResponseStatusException(HttpStatus.NOT_FOUND);
 *     }
 *     WebSocket socket = handshake.accept();
 *     ...
 * }
 * }</pre>
 *
 * <p>Until it is accepted this is an ordinary request: what the handler throws becomes the answer as ever, and so does what
 * it returns. One that returns nothing and has not accepted is answered with 403. Used by the handler's coroutine.
 */
public interface WebSocketHandshake {

    /** Returns what was asked for. */
    URI uri();

    /** Returns the headers of the request. */
    Headers headers();

    /** Returns the sub-protocols that the client speaks, the most wanted first. */
    List<String> subprotocols();

    /**
     * Accepts it, and waits until that is answered. What filters and the handler have put into the response's headers goes
     * out with it.
     * @throws IllegalStateException if it was accepted before
     * @throws dev.asyncloop.websocket.WebSocketClosedException if the client has gone, or a filter has answered otherwise
     * @throws java.util.concurrent.CancellationException if the client goes meanwhile
     */
    default WebSocket accept() {
        return accept(options -> options);
    }

    /**
     * As {@link #accept()}, with other options than the mapping and {@code ioloop.websocket.*} give.
     * @param change for example {@code options -> options.withSubprotocols("chat.v2").withOutbox(16, Overflow.CLOSE)}
     */
    WebSocket accept(UnaryOperator<WebSocketOptions> change);
}
