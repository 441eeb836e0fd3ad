package dev.asyncloop.http;

import dev.asyncloop.IOLoop;
import dev.asyncloop.Task;

/**
 * An HTTP client on a loop: fetches start at once, run side by side, and are awaited. Tornado's {@code AsyncHTTPClient}.
 *
 * <p>A fetch takes a slot, of which there are so many in all and per origin, or waits in line for one. Its time limit counts
 * from the call, waiting in line included. A fetch started inside a coroutine belongs to it and is cancelled with it;
 * cancelling frees slot and connection at once. All methods may be called by any thread.
 */
public interface AsyncHttpClient extends AutoCloseable {

    /** Makes a client with default options. */
    static AsyncHttpClient create(IOLoop loop) {
        return create(loop, HttpClientOptions.defaults());
    }

    /** Makes a client. */
    static AsyncHttpClient create(IOLoop loop, HttpClientOptions options) {
        return new LoopHttpClient(loop, options);
    }

    /**
     * Fetches a URL with {@code GET}; see {@link #fetch(FetchRequest)}.
     * @throws IllegalArgumentException if the URL can't be fetched
     */
    Task<FetchResponse> fetch(String url);

    /**
     * Starts a request. The task ends with the complete response, or fails with a {@link FetchException}:
     * {@link HttpStatusException} for a status other than 2xx (unless the request does not want that),
     * {@link FetchTimeoutException}, {@link ConnectFailedException}, {@link AddressNotAllowedException},
     * {@link BrokenResponseException}, {@link BodyTooLargeException}, {@link QueueFullException} or
     * {@link ClientClosedException}.
     * @throws IllegalArgumentException if the URL is relative and the client has no base URL
     * @throws IllegalStateException if the request has a {@code json} body and the client no codec
     * @throws dev.asyncloop.LoopClosedException if the loop is closed
     */
    Task<FetchResponse> fetch(FetchRequest request);

    /**
     * Starts a request of which the response's body is read as it comes. The task ends when status and headers are there,
     * after redirects; {@code timeout} is the limit for that, and from then on {@code readTimeout} for each wait for more.
     * It fails as that of {@link #fetch(FetchRequest)} does. The stream belongs to the calling coroutine. Tornado's
     * {@code streaming_callback} and {@code header_callback}.
     * @throws IllegalStateException if the request has a {@code json} body and the client no codec
     * @throws dev.asyncloop.LoopClosedException if the loop is closed
     */
    Task<FetchStream> stream(FetchRequest request);

    /**
     * Returns the events that a server sends in answer to a request, which should be a {@code GET}. Nothing is sent before
     * the first is asked for.
     */
    EventSource events(FetchRequest request);

    /** Returns what it was made with. */
    HttpClientOptions options();

    /** Returns how many requests have a slot now. */
    int active();

    /** Returns how many requests wait for a slot. */
    int queued();

    /** Returns how many connections are kept alive that no request uses now. */
    int idle();

    /** Returns these numbers and more, for each origin too. */
    HttpClientStatistics statistics();

    /** Returns what this client has done so far. */
    HttpClientTotals totals();

    /** Refuses new fetches, fails those that run and wait, and closes the connections. Idempotent. */
    @Override
    void close();
}
