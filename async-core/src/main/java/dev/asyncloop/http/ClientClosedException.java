package dev.asyncloop.http;

import org.jspecify.annotations.Nullable;

/**
 * The client is closed, or was closed while the fetch ran.
 */
public final class ClientClosedException extends FetchException {

    private static final long serialVersionUID = 1L;

    ClientClosedException(String what, Attempt attempt, @Nullable Throwable cause) {
        super(what, attempt, cause);
    }
}
