package dev.asyncloop.spring.http;

import dev.asyncloop.IOLoop;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.HttpClientOptions;
import java.util.function.UnaryOperator;

/**
 * Makes clients that start from what the application is configured with: properties, SSL bundle, codec, address filter,
 * observations, customizers. A bean, for those who need a second client beside the application's own; immutable.
 *
 * <pre>{@code
 * @Bean(defaultCandidate = false)
 * AsyncHttpClient patient(AsyncHttpClientBuilder builder) {
 *     return builder.with(options -> options.withTimeout(Duration.ofMinutes(5))).build();
 * }
 * }</pre>
 */
public final class AsyncHttpClientBuilder {

    private final IOLoop loop;

    private final HttpClientOptions options;

    /**
     * Makes a builder.
     * @param options what its clients start from
     */
    public AsyncHttpClientBuilder(IOLoop loop, HttpClientOptions options) {
        this.loop = loop;
        this.options = options;
    }

    /** Returns a builder with other options. */
    public AsyncHttpClientBuilder with(UnaryOperator<HttpClientOptions> change) {
        return new AsyncHttpClientBuilder(loop, change.apply(options));
    }

    /** Returns the options. */
    public HttpClientOptions options() {
        return options;
    }

    /** Makes a client with connections of its own. Who makes it closes it; the end of its loop does, too. */
    public AsyncHttpClient build() {
        return AsyncHttpClient.create(loop, options);
    }
}
