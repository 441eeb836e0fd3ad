package dev.asyncloop.websocket;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The name was not found, no connection could be made or secured, or it broke before there was an answer.
 */
public final class WebSocketConnectException extends WebSocketException {

    private static final long serialVersionUID = 1L;

    WebSocketConnectException(String what, URI uri, Duration elapsed, @Nullable Throwable cause) {
        super(what, uri, elapsed, cause);
    }
}
