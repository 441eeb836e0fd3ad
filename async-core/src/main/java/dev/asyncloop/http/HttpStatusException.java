package dev.asyncloop.http;

/**
 * The response has a status other than 2xx. Carries the response. Tornado's {@code HTTPClientError}.
 */
public final class HttpStatusException extends FetchException {

    private static final long serialVersionUID = 1L;

    private final transient FetchResponse response;

    HttpStatusException(String what, Attempt attempt, FetchResponse response) {
        super(what, attempt, null);
        this.response = response;
    }

    /** Returns the response. */
    public FetchResponse response() {
        return response;
    }
}
