package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.http.FetchObserver;
import dev.asyncloop.http.HttpClientOptions;
import dev.asyncloop.spring.http.AsyncHttpClientBuilder;
import dev.asyncloop.spring.http.AsyncHttpRequestFactoryBuilder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration that has Boot's {@code RestClient} and {@code @HttpExchange} interfaces wait as a coroutine does. Gives
 * way to a request factory that the application chooses, as a bean or with {@code spring.http.clients.imperative.factory}.
 */
@AutoConfiguration(
        after = AsyncHttpClientAutoConfiguration.class,
        before = {
            ImperativeHttpClientAutoConfiguration.class,
            RestClientAutoConfiguration.class,
            HttpServiceClientAutoConfiguration.class
        })
@ConditionalOnClass(RestClientCustomizer.class)
@ConditionalOnBean({IOLoop.class, AsyncHttpClientBuilder.class})
@ConditionalOnProperty(
        name = "spring.http.clients.imperative.factory",
        havingValue = AsyncHttpRequestFactoryAutoConfiguration.NOT_CHOSEN,
        matchIfMissing = true)
public final class AsyncHttpRequestFactoryAutoConfiguration {

    static final String NOT_CHOSEN = "none-chosen";

    AsyncHttpRequestFactoryAutoConfiguration() {}

    /** Observed where they are called, by {@code RestClient} itself. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean(ClientHttpRequestFactoryBuilder.class)
    AsyncHttpRequestFactoryBuilder asyncHttpRequestFactoryBuilder(IOLoop loop, AsyncHttpClientBuilder builder) {
        HttpClientOptions options = builder.options().withObserver(FetchObserver.NONE);
        return new AsyncHttpRequestFactoryBuilder(loop, options);
    }
}
