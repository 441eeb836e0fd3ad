package dev.asyncloop.spring.http;

import dev.asyncloop.http.AsyncHttpClient;
import java.net.URI;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * Sends the requests of {@code RestClient}, {@code RestTemplate} and {@code @HttpExchange} interfaces with an
 * {@link AsyncHttpClient}. A coroutine that calls one of these waits as in {@code await}: it gives its turn away, and its
 * cancellation ends the request. Any other thread blocks; the event loop's own, which the answer needs, is refused.
 */
public final class AsyncHttpRequestFactory implements ClientHttpRequestFactory {

    private final AsyncHttpClient http;

    /** Makes a factory on this client. */
    public AsyncHttpRequestFactory(AsyncHttpClient http) {
        this.http = http;
    }

    @Override
    public ClientHttpRequest createRequest(URI uri, HttpMethod method) {
        return new AsyncClientHttpRequest(http, uri, method);
    }
}
