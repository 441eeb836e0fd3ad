package dev.asyncloop.websocket;

import java.net.URI;
import java.time.Duration;

/**
 * A WebSocket was not open within {@link WebSocketOptions#connectTimeout()}.
 */
public final class WebSocketTimeoutException extends WebSocketException {

    private static final long serialVersionUID = 1L;

    private final Duration limit;

    WebSocketTimeoutException(Duration limit, URI uri, Duration elapsed) {
        super("the limit of " + limit + " has passed; raise `connectTimeout`", uri, elapsed, null);
        this.limit = limit;
    }

    /** Returns the limit that has passed. */
    public Duration limit() {
        return limit;
    }
}
