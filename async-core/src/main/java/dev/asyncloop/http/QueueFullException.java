package dev.asyncloop.http;

import org.jspecify.annotations.Nullable;

/**
 * All slots are taken and the waiting line is full; the request was not sent.
 */
public final class QueueFullException extends FetchException {

    private static final long serialVersionUID = 1L;

    QueueFullException(String what, Attempt attempt, @Nullable Throwable cause) {
        super(what, attempt, cause);
    }
}
