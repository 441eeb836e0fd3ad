package dev.asyncloop.websocket;

import dev.asyncloop.http.Headers;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The server has answered, but with another status than 101 (Switching Protocols). Tornado's {@code HTTPClientError}.
 */
public final class HandshakeRefusedException extends WebSocketException {

    private static final long serialVersionUID = 1L;

    private final int status;

    private final transient Headers headers;

    private final byte[] body;

    HandshakeRefusedException(int status, Headers headers, byte[] body, URI uri, Duration elapsed) {
        super("the status is " + status + what(status, headers), uri, elapsed, null);
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    private static String what(int status, Headers headers) {
        String location = headers.first("Location");
        if (status >= 300 && status <= 399 && location != null) {
            return ", a redirect to " + location
                    + "; redirects of WebSockets are not followed, connect to that yourself";
        }
        return status >= 200 && status <= 299
                ? ", the answer of a server that has no WebSocket there; check the path"
                : " instead of 101; look at the body";
    }

    /** Returns the status. */
    public int status() {
        return status;
    }

    /** Returns the headers of the answer. */
    public Headers headers() {
        return headers;
    }

    /** Returns the body, or as much of it as fits into 64 KiB. */
    public byte[] body() {
        return body.clone();
    }

    /** Returns the body as text, in UTF-8. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
