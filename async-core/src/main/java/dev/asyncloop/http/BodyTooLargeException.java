package dev.asyncloop.http;

import org.jspecify.annotations.Nullable;

/**
 * The response's body, decompressed, is larger than the client allows; reading was stopped.
 */
public final class BodyTooLargeException extends FetchException {

    private static final long serialVersionUID = 1L;

    BodyTooLargeException(String what, Attempt attempt, @Nullable Throwable cause) {
        super(what, attempt, cause);
    }
}
