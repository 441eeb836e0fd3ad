package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.BodyCodec;
import dev.asyncloop.http.FetchObserver;
import dev.asyncloop.http.HttpClientOptions;
import dev.asyncloop.net.AddressFilter;
import dev.asyncloop.spring.http.AsyncHttpClientBuilder;
import dev.asyncloop.spring.http.AsyncHttpClientCustomizer;
import dev.asyncloop.spring.http.HttpSettings;
import dev.asyncloop.spring.http.JacksonBodyCodec;
import dev.asyncloop.spring.http.ObservedFetches;
import dev.asyncloop.websocket.WebSocketClient;
import dev.asyncloop.websocket.WebSocketOptions;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.observation.ClientRequestObservationConvention;
import org.springframework.http.client.observation.DefaultClientRequestObservationConvention;
import tools.jackson.databind.json.JsonMapper;

/**
 * Auto-configuration of the application's {@link AsyncHttpClient} and {@link WebSocketClient}.
 */
@AutoConfiguration(
        after = {IOLoopAutoConfiguration.class, HttpClientAutoConfiguration.class},
        afterName = {
            "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration"
        })
@ConditionalOnBean(IOLoop.class)
@EnableConfigurationProperties(AsyncHttpClientProperties.class)
public final class AsyncHttpClientAutoConfiguration {

    AsyncHttpClientAutoConfiguration() {}

    /** What the properties say, Boot's settings, the application's own parts, and the customizers last. */
    @Bean
    @ConditionalOnMissingBean
    AsyncHttpClientBuilder asyncHttpClientBuilder(
            IOLoop loop,
            AsyncHttpClientProperties properties,
            ObjectProvider<HttpClientSettings> settings,
            ObjectProvider<BodyCodec> codec,
            ObjectProvider<AddressFilter> addressFilter,
            ObjectProvider<FetchObserver> observer,
            ObjectProvider<AsyncHttpClientCustomizer> customizers) {
        HttpClientOptions options = HttpClientPropertyOptions.of(properties)
                .withCodec(codec.getIfAvailable())
                .withObserver(observer.getIfAvailable(() -> FetchObserver.NONE));
        options = HttpSettings.apply(settings.getIfAvailable(HttpClientSettings::defaults), options);
        AddressFilter own = addressFilter.getIfAvailable();
        if (own != null) {
            options = options.withConnection(connection -> connection.withAddressFilter(own));
        }
        for (AsyncHttpClientCustomizer customizer : customizers.orderedStream().toList()) {
            options = customizer.customize(options);
        }
        return new AsyncHttpClientBuilder(loop, options);
    }

    /** The loop is its dependency, so it is closed before the loop ends. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    AsyncHttpClient ioLoopHttpClient(IOLoop loop, AsyncHttpClientBuilder builder) {
        return builder.build();
    }

    /** Connects as the HTTP client does: TLS, proxy, names and addresses; a {@code WebSocketOptions} bean says the rest. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    WebSocketClient ioLoopWebSocketClient(
            IOLoop loop, AsyncHttpClientBuilder builder, ObjectProvider<WebSocketOptions> options) {
        HttpClientOptions http = builder.options();
        WebSocketOptions own = options.getIfAvailable(() -> WebSocketOptions.defaults()
                .withConnectTimeout(http.connectTimeout())
                .withCodec(http.codec()));
        return WebSocketClient.create(loop, own, http.connection());
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(JsonMapper.class)
    static class JacksonConfiguration {

        @Bean
        @ConditionalOnMissingBean(BodyCodec.class)
        @ConditionalOnSingleCandidate(JsonMapper.class)
        JacksonBodyCodec jacksonBodyCodec(JsonMapper mapper) {
            return new JacksonBodyCodec(mapper);
        }
    }

    /** As Boot does for {@code RestClient} and {@code WebClient}, with the same property for the name. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({ObservationRegistry.class, ObservationProperties.class})
    static class ObservationConfiguration {

        @Bean
        @ConditionalOnMissingBean(FetchObserver.class)
        @ConditionalOnBean({ObservationRegistry.class, ObservationProperties.class})
        ObservedFetches observedFetches(
                ObservationRegistry registry,
                ObjectProvider<ClientRequestObservationConvention> convention,
                ObservationProperties properties) {
            String name = properties.getHttp().getClient().getRequests().getName();
            return new ObservedFetches(
                    registry, convention.getIfAvailable(() -> new DefaultClientRequestObservationConvention(name)));
        }
    }
}
