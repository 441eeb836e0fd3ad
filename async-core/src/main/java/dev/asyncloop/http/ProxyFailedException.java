package dev.asyncloop.http;

import org.jspecify.annotations.Nullable;

/**
 * The proxy could not be reached, or did not make the connection.
 */
public final class ProxyFailedException extends ConnectFailedException {

    private static final long serialVersionUID = 1L;

    private final int status;

    ProxyFailedException(int status, String what, Attempt attempt, @Nullable Throwable cause) {
        super(what, attempt, cause);
        this.status = status;
    }

    /** Returns the status an HTTP proxy has answered with, such as 407 for wrong credentials; 0 if there is none. */
    public int status() {
        return status;
    }
}
