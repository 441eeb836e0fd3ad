package dev.asyncloop.spring.web;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * A request has come to a handler while there was no room for it; answered with 503 and {@code Retry-After}.
 */
public final class RequestRefusedException extends ResponseStatusException {

    private static final long serialVersionUID = 1L;

    /** As long as a request usually takes, and long enough for who has been refused not to be a burden. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    RequestRefusedException(String reason, @Nullable Throwable cause) {
        super(HttpStatus.SERVICE_UNAVAILABLE, reason, cause);
        setDetail("The server has too much to do; try again later"); // its limits are not for clients
    }

    @Override
    public HttpHeaders getHeaders() {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, Long.toString(RETRY_AFTER.toSeconds()));
        return headers;
    }
}
