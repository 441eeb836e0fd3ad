package dev.asyncloop.spring.http;

import dev.asyncloop.http.HttpClientOptions;

/**
 * Changes the options of the application's {@link dev.asyncloop.http.AsyncHttpClient} before it is made; a bean, applied
 * after the properties.
 */
@FunctionalInterface
public interface AsyncHttpClientCustomizer {

    /** Returns the options to use instead of the given ones. */
    HttpClientOptions customize(HttpClientOptions options);
}
