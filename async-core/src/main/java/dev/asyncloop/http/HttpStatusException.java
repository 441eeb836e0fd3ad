package dev.asyncloop.http;

import java.time.Duration;

/**
 * The response has a status other than 2xx. Carries the response. Tornado's {@code HTTPClientError}.
 */
public final class HttpStatusException extends FetchException {

    private static final long serialVersionUID = 1L;

    private transient FetchResponse response;

    HttpStatusException(String what, Attempt attempt, FetchResponse response) {
        super(what, attempt, null);
        this.response = response;
    }

    /** Makes this the answer to a request that it took so many attempts to get. */
    void answers(FetchRequest request, int attempts, Duration total) {
        response = response.to(request, attempts, total);
    }

    /** Returns the response. */
    public FetchResponse response() {
        return response;
    }
}
