package dev.asyncloop.http;

import org.jspecify.annotations.Nullable;

/**
 * The connection broke, or what came was no valid response.
 */
public final class BrokenResponseException extends FetchException {

    private static final long serialVersionUID = 1L;

    BrokenResponseException(String what, Attempt attempt, @Nullable Throwable cause) {
        super(what, attempt, cause);
    }
}
