package dev.asyncloop.websocket;

import java.net.URI;
import java.time.Duration;

/**
 * The server has answered with 101 (Switching Protocols), but not as RFC 6455 wants it: the accept key is wrong, or it has
 * chosen a sub-protocol or an extension that was not offered.
 */
public final class BadHandshakeException extends WebSocketException {

    private static final long serialVersionUID = 1L;

    BadHandshakeException(String what, URI uri, Duration elapsed) {
        super("the answer is no valid handshake: " + what, uri, elapsed, null);
    }
}
