package dev.asyncloop.http;

import org.jspecify.annotations.Nullable;

/**
 * The name was not found, or no connection could be made or secured.
 */
public sealed class ConnectFailedException extends FetchException permits TlsFailedException, ProxyFailedException {

    private static final long serialVersionUID = 1L;

    ConnectFailedException(String what, Attempt attempt, @Nullable Throwable cause) {
        super(what, attempt, cause);
    }
}
