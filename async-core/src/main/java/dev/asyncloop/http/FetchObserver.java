package dev.asyncloop.http;

import org.jspecify.annotations.Nullable;

/**
 * Watches the requests of a client, for metrics and traces. The starter brings one that makes Spring's
 * {@code http.client.requests} observations.
 *
 * <p>What it throws is logged and has no influence on the fetch.
 */
@FunctionalInterface
public interface FetchObserver {

    /** Watches nothing. */
    FetchObserver NONE = (request, headers) -> Fetching.UNSEEN;

    /**
     * Called when a request begins, before it stands in line: in the thread that calls {@code fetch}, with the context of
     * that coroutine. Each attempt of a {@link RetryPolicy} begins anew, the later ones on the event loop.
     * @param headers adds headers to the request, those of a trace for example
     */
    Fetching begin(FetchRequest request, HeaderSink headers);

    /**
     * Returns an observer for attempts that begin later, with what counts here and now: called where {@code fetch} is.
     */
    default FetchObserver here() {
        return this;
    }

    /** What becomes of one request. Called on the event loop; must not block. */
    interface Fetching {

        /** Is not interested. */
        Fetching UNSEEN = failure -> {};

        /** Called when status and headers of the response are there; not those of redirects that are followed. */
        default void responded(int status, Headers headers) {}

        /**
         * Called once at the end: the body is complete, or the request has failed or was cancelled.
         * @param failure why it failed; a {@link java.util.concurrent.CancellationException} if it was cancelled; also
         *     where the response was complete but its status counts as a failure
         */
        void ended(@Nullable Throwable failure);
    }

    /** Takes headers. */
    @FunctionalInterface
    interface HeaderSink {

        /**
         * Sets a header, in place of what the request has under this name.
         * @throws IllegalArgumentException if name or value can't be sent
         */
        void set(String name, String value);
    }
}
