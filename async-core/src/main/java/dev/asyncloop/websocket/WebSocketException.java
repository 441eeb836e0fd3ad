package dev.asyncloop.websocket;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * No WebSocket could be opened. Names the URL (without credentials) and the time since the call.
 */
public class WebSocketException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final URI uri;

    private final Duration elapsed;

    WebSocketException(String what, URI uri, Duration elapsed, @Nullable Throwable cause) {
        super(uri + " was not opened after " + elapsed.toMillis() + " ms: " + what, cause);
        this.uri = uri;
        this.elapsed = elapsed;
    }

    /** Returns the URL. */
    public URI uri() {
        return uri;
    }

    /** Returns the time from the call to the failure. */
    public Duration elapsed() {
        return elapsed;
    }
}
