package dev.asyncloop.spring.web;

import java.time.Duration;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * A handler has not begun its answer within its limit of time, and has been cancelled; answered with 504.
 */
public final class RequestTimeLimitException extends ResponseStatusException {

    private static final long serialVersionUID = 1L;

    private final Duration limit;

    RequestTimeLimitException(Duration limit) {
        super(HttpStatus.GATEWAY_TIMEOUT, "The request has not been answered within " + limit);
        this.limit = limit;
    }

    /** Returns the limit that has passed. */
    public Duration limit() {
        return limit;
    }
}
