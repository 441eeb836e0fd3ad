package dev.asyncloop.http;

import org.jspecify.annotations.Nullable;

/**
 * What a server has answered is no stream of events: the content type is not {@code text/event-stream}, or the status not
 * 200.
 */
public final class BrokenEventStreamException extends FetchException {

    private static final long serialVersionUID = 1L;

    BrokenEventStreamException(String what, Attempt attempt, @Nullable Throwable cause) {
        super(what, attempt, cause);
    }
}
