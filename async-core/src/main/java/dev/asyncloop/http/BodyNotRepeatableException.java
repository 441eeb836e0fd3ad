package dev.asyncloop.http;

import org.jspecify.annotations.Nullable;

/**
 * The request would have to be sent again, after a redirect that keeps its body, but the body has been used up: a stream, a
 * channel, or a producer that was not said to be repeatable.
 */
public final class BodyNotRepeatableException extends FetchException {

    private static final long serialVersionUID = 1L;

    BodyNotRepeatableException(String what, Attempt attempt, @Nullable Throwable cause) {
        super(what, attempt, cause);
    }
}
