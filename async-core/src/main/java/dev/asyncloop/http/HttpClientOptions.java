package dev.asyncloop.http;

import dev.asyncloop.net.ConnectionOptions;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The options of an {@link AsyncHttpClient}; immutable. Start from {@link #defaults()} and replace what differs.
 *
 * @param maxTotal most requests at a time; by default 1,000
 * @param maxPerOrigin most requests at a time to one scheme, host and port; by default 100
 * @param maxQueued most requests that wait in line, by default 10,000; one more fails with {@link QueueFullException}
 * @param queueTimeout limit for waiting in line; without one, as by default, only {@code timeout} counts
 * @param connectTimeout limit for resolving, connecting and TLS; by default 20 s
 * @param timeout limit for the whole fetch, from the call, by default 20 s; a request may have its own
 * @param readTimeout limit for each wait on the server: for status and headers, and for more of a body; without one, as
 *     by default, it is as long as {@code timeout}
 * @param followRedirects whether redirects are followed, by default true; a request may say otherwise
 * @param maxRedirects most redirects of one fetch, by default 5; beyond them the redirect itself is the (failed) response
 * @param maxBodySize most bytes of a response's body, decompressed; by default 100 MiB
 * @param maxHeaderSize most bytes of a response's headers; by default 64 KiB
 * @param maxHeaderCount most headers of a response; by default 1,000
 * @param userAgent value of the header of that name, by default {@code async-loop}, unless a request has its own
 * @param codec turns bodies into objects and back; without one, as by default, only bytes and text can be used
 * @param connection how connections are made: TLS, proxy, names, addresses, versions of HTTP
 * @param baseUrl what relative URLs are appended to; without one they can't be fetched
 * @param headers headers of every request that has none of that name; with a {@code baseUrl}, those with credentials are
 *     only for its origin
 * @param raiseError whether a status other than 2xx fails a fetch, by default true; a request may say otherwise
 * @param retry how failures are retried; without one, as by default, they are not; a request may say otherwise
 * @param observer watches the requests; by default nobody
 */
public record HttpClientOptions(
        int maxTotal,
        int maxPerOrigin,
        int maxQueued,
        @Nullable Duration queueTimeout,
        Duration connectTimeout,
        Duration timeout,
        @Nullable Duration readTimeout,
        boolean followRedirects,
        int maxRedirects,
        long maxBodySize,
        int maxHeaderSize,
        int maxHeaderCount,
        String userAgent,
        @Nullable BodyCodec codec,
        ConnectionOptions connection,
        @Nullable URI baseUrl,
        List<Map.Entry<String, String>> headers,
        boolean raiseError,
        @Nullable RetryPolicy retry,
        FetchObserver observer) {

    /** As a limit: none, of this kind. Tornado's 0. */
    public static final Duration NO_TIMEOUT = Duration.ofSeconds(Long.MAX_VALUE);

    private static final HttpClientOptions DEFAULTS = new HttpClientOptions(
            1_000,
            100,
            10_000,
            null,
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            null,
            true,
            5,
            100L * 1024 * 1024,
            64 * 1024,
            1_000,
            "async-loop",
            null,
            ConnectionOptions.defaults(),
            null,
            List.of(),
            true,
            null,
            FetchObserver.NONE);

    public HttpClientOptions {
        requirePositive("maxTotal", maxTotal);
        requirePositive("maxPerOrigin", maxPerOrigin);
        requirePositive("maxBodySize", maxBodySize);
        requirePositive("maxHeaderSize", maxHeaderSize);
        requirePositive("maxHeaderCount", maxHeaderCount);
        if (maxQueued < 0) {
            throw new IllegalArgumentException("maxQueued must not be negative, but was " + maxQueued);
        }
        if (maxRedirects < 0) {
            throw new IllegalArgumentException("maxRedirects must not be negative, but was " + maxRedirects);
        }
        FetchRequest.requirePositive("connectTimeout", connectTimeout);
        FetchRequest.requirePositive("timeout", timeout);
        if (queueTimeout != null) {
            FetchRequest.requirePositive("queueTimeout", queueTimeout);
        }
        if (readTimeout != null) {
            FetchRequest.requirePositive("readTimeout", readTimeout);
        }
        baseUrl = baseUrl == null ? null : UriTemplate.checkBase(baseUrl);
        headers.forEach(header -> HeaderRules.check(header.getKey(), header.getValue()));
        headers = new DefaultHeaders(headers);
    }

    private static void requirePositive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive, but was " + value);
        }
    }

    /** Returns the defaults. */
    public static HttpClientOptions defaults() {
        return DEFAULTS;
    }

    /** Returns these options with another {@code maxTotal}. */
    public HttpClientOptions withMaxTotal(int maxTotal) {
        Draft draft = new Draft(this);
        draft.maxTotal = maxTotal;
        return draft.finish();
    }

    /** Returns these options with another {@code maxPerOrigin}. */
    public HttpClientOptions withMaxPerOrigin(int maxPerOrigin) {
        Draft draft = new Draft(this);
        draft.maxPerOrigin = maxPerOrigin;
        return draft.finish();
    }

    /** Returns these options with another {@code maxQueued}. */
    public HttpClientOptions withMaxQueued(int maxQueued) {
        Draft draft = new Draft(this);
        draft.maxQueued = maxQueued;
        return draft.finish();
    }

    /** Returns these options with another {@code queueTimeout}. */
    public HttpClientOptions withQueueTimeout(@Nullable Duration queueTimeout) {
        Draft draft = new Draft(this);
        draft.queueTimeout = queueTimeout;
        return draft.finish();
    }

    /** Returns these options with another {@code connectTimeout}. */
    public HttpClientOptions withConnectTimeout(Duration connectTimeout) {
        Draft draft = new Draft(this);
        draft.connectTimeout = connectTimeout;
        return draft.finish();
    }

    /** Returns these options with another {@code timeout}. */
    public HttpClientOptions withTimeout(Duration timeout) {
        Draft draft = new Draft(this);
        draft.timeout = timeout;
        return draft.finish();
    }

    /** Returns these options with another {@code readTimeout}. */
    public HttpClientOptions withReadTimeout(@Nullable Duration readTimeout) {
        Draft draft = new Draft(this);
        draft.readTimeout = readTimeout;
        return draft.finish();
    }

    /** Returns these options with another {@code followRedirects}. */
    public HttpClientOptions withFollowRedirects(boolean followRedirects) {
        Draft draft = new Draft(this);
        draft.followRedirects = followRedirects;
        return draft.finish();
    }

    /** Returns these options with another {@code maxRedirects}. */
    public HttpClientOptions withMaxRedirects(int maxRedirects) {
        Draft draft = new Draft(this);
        draft.maxRedirects = maxRedirects;
        return draft.finish();
    }

    /** Returns these options with another {@code maxBodySize}. */
    public HttpClientOptions withMaxBodySize(long maxBodySize) {
        Draft draft = new Draft(this);
        draft.maxBodySize = maxBodySize;
        return draft.finish();
    }

    /** Returns these options with another {@code maxHeaderSize}. */
    public HttpClientOptions withMaxHeaderSize(int maxHeaderSize) {
        Draft draft = new Draft(this);
        draft.maxHeaderSize = maxHeaderSize;
        return draft.finish();
    }

    /** Returns these options with another {@code maxHeaderCount}. */
    public HttpClientOptions withMaxHeaderCount(int maxHeaderCount) {
        Draft draft = new Draft(this);
        draft.maxHeaderCount = maxHeaderCount;
        return draft.finish();
    }

    /** Returns these options with another {@code userAgent}. */
    public HttpClientOptions withUserAgent(String userAgent) {
        Draft draft = new Draft(this);
        draft.userAgent = userAgent;
        return draft.finish();
    }

    /** Returns these options with another {@code codec}. */
    public HttpClientOptions withCodec(@Nullable BodyCodec codec) {
        Draft draft = new Draft(this);
        draft.codec = codec;
        return draft.finish();
    }

    /** Returns these options with another {@code connection}. */
    public HttpClientOptions withConnection(ConnectionOptions connection) {
        Draft draft = new Draft(this);
        draft.connection = connection;
        return draft.finish();
    }

    /** Returns these options with a {@code connection} that is edited. */
    public HttpClientOptions withConnection(UnaryOperator<ConnectionOptions> edit) {
        return withConnection(edit.apply(connection));
    }

    /**
     * Returns these options with another {@code baseUrl}, such as {@code https://a.example/api}: a request for
     * {@code /quotes} is one for {@code https://a.example/api/quotes} then.
     */
    public HttpClientOptions withBaseUrl(@Nullable String baseUrl) {
        URI base = baseUrl == null ? null : UriTemplate.checkBase(UriTemplate.check(baseUrl));
        Draft draft = new Draft(this);
        draft.baseUrl = base;
        return draft.finish();
    }

    /** Returns these options with one more of the {@code headers}. */
    public HttpClientOptions withHeader(String name, String value) {
        List<Map.Entry<String, String>> more = new ArrayList<>(headers);
        more.add(HeaderRules.check(name, value));
        return withHeaders(more);
    }

    /** Returns these options with other {@code headers}. */
    public HttpClientOptions withHeaders(List<Map.Entry<String, String>> headers) {
        Draft draft = new Draft(this);
        draft.headers = headers;
        return draft.finish();
    }

    /** Returns these options with another {@code raiseError}. */
    public HttpClientOptions withRaiseError(boolean raiseError) {
        Draft draft = new Draft(this);
        draft.raiseError = raiseError;
        return draft.finish();
    }

    /** Returns these options with another {@code retry}. */
    public HttpClientOptions withRetry(@Nullable RetryPolicy retry) {
        Draft draft = new Draft(this);
        draft.retry = retry;
        return draft.finish();
    }

    /** Returns these options with another {@code observer}. */
    public HttpClientOptions withObserver(FetchObserver observer) {
        Draft draft = new Draft(this);
        draft.observer = observer;
        return draft.finish();
    }

    /** A copy that can be changed; by each method itself, as a lambda for each would be a class more at every start. */
    private static final class Draft {

        private int maxTotal;

        private int maxPerOrigin;

        private int maxQueued;

        private @Nullable Duration queueTimeout;

        private Duration connectTimeout;

        private Duration timeout;

        private @Nullable Duration readTimeout;

        private boolean followRedirects;

        private int maxRedirects;

        private long maxBodySize;

        private int maxHeaderSize;

        private int maxHeaderCount;

        private String userAgent;

        private @Nullable BodyCodec codec;

        private ConnectionOptions connection;

        private @Nullable URI baseUrl;

        private List<Map.Entry<String, String>> headers;

        private boolean raiseError;

        private @Nullable RetryPolicy retry;

        private FetchObserver observer;

        Draft(HttpClientOptions options) {
            this.maxTotal = options.maxTotal;
            this.maxPerOrigin = options.maxPerOrigin;
            this.maxQueued = options.maxQueued;
            this.queueTimeout = options.queueTimeout;
            this.connectTimeout = options.connectTimeout;
            this.timeout = options.timeout;
            this.readTimeout = options.readTimeout;
            this.followRedirects = options.followRedirects;
            this.maxRedirects = options.maxRedirects;
            this.maxBodySize = options.maxBodySize;
            this.maxHeaderSize = options.maxHeaderSize;
            this.maxHeaderCount = options.maxHeaderCount;
            this.userAgent = options.userAgent;
            this.codec = options.codec;
            this.connection = options.connection;
            this.baseUrl = options.baseUrl;
            this.headers = options.headers;
            this.raiseError = options.raiseError;
            this.retry = options.retry;
            this.observer = options.observer;
        }

        HttpClientOptions finish() {
            return new HttpClientOptions(
                    maxTotal,
                    maxPerOrigin,
                    maxQueued,
                    queueTimeout,
                    connectTimeout,
                    timeout,
                    readTimeout,
                    followRedirects,
                    maxRedirects,
                    maxBodySize,
                    maxHeaderSize,
                    maxHeaderCount,
                    userAgent,
                    codec,
                    connection,
                    baseUrl,
                    headers,
                    raiseError,
                    retry,
                    observer);
        }
    }
}
