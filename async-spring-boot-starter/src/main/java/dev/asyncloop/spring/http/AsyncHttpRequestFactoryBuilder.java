package dev.asyncloop.spring.http;

import dev.asyncloop.IOLoop;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.HttpClientOptions;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;

/**
 * Makes Spring Boot's request factories on the loop; each different {@link HttpClientSettings} gets a client of its own,
 * with connections of its own. The settings win over the options.
 */
public final class AsyncHttpRequestFactoryBuilder
        implements ClientHttpRequestFactoryBuilder<AsyncHttpRequestFactory>, AutoCloseable {

    private final IOLoop loop;

    private final HttpClientOptions options;

    private final Map<HttpClientSettings, AsyncHttpClient> clients = new HashMap<>();

    /**
     * Makes a builder.
     * @param options what the settings do not say
     */
    public AsyncHttpRequestFactoryBuilder(IOLoop loop, HttpClientOptions options) {
        this.loop = loop;
        this.options = options;
    }

    @Override
    public synchronized AsyncHttpRequestFactory build(@Nullable HttpClientSettings settings) {
        HttpClientSettings given = settings != null ? settings : HttpClientSettings.defaults();
        return new AsyncHttpRequestFactory(
                clients.computeIfAbsent(given, key -> AsyncHttpClient.create(loop, HttpSettings.apply(key, options))));
    }

    /** Closes the clients. */
    @Override
    public synchronized void close() {
        clients.values().forEach(AsyncHttpClient::close);
        clients.clear();
    }
}
