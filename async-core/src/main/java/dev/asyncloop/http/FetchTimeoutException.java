package dev.asyncloop.http;

import org.jspecify.annotations.Nullable;

/**
 * A fetch did not end within its limit; the phase says where it was then.
 */
public final class FetchTimeoutException extends FetchException {

    private static final long serialVersionUID = 1L;

    FetchTimeoutException(String what, Attempt attempt, @Nullable Throwable cause) {
        super(what, attempt, cause);
    }
}
