package dev.asyncloop.http;

import java.time.Duration;

/**
 * A fetch did not end within its limit; the phase says where it was then. Tornado's {@code HTTPTimeoutError}.
 */
public final class FetchTimeoutException extends FetchException {

    private static final long serialVersionUID = 1L;

    private final Duration limit;

    FetchTimeoutException(String what, Duration limit, Attempt attempt) {
        super(what, attempt, null);
        this.limit = limit;
    }

    /**
     * Returns the limit that has passed: the one for standing in line, for connecting, for the next bytes, for one attempt, or for
     * the whole fetch.
     */
    public Duration limit() {
        return limit;
    }
}
