package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.BodyCodec;
import dev.asyncloop.http.HttpClientOptions;
import dev.asyncloop.net.AddressFilter;
import dev.asyncloop.spring.http.AsyncHttpClientCustomizer;
import dev.asyncloop.spring.http.JacksonBodyCodec;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/**
 * Auto-configuration of the application's {@link AsyncHttpClient}.
 */
@AutoConfiguration(
        after = IOLoopAutoConfiguration.class,
        afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
@ConditionalOnBean(IOLoop.class)
@EnableConfigurationProperties(AsyncHttpClientProperties.class)
public final class AsyncHttpClientAutoConfiguration {

    AsyncHttpClientAutoConfiguration() {}

    /** The loop is its dependency, so it is closed before the loop ends. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    AsyncHttpClient asyncHttpClient(
            IOLoop loop,
            AsyncHttpClientProperties properties,
            ObjectProvider<BodyCodec> codec,
            ObjectProvider<AddressFilter> addressFilter,
            ObjectProvider<AsyncHttpClientCustomizer> customizers) {
        HttpClientOptions options = options(properties)
                .withCodec(codec.getIfAvailable())
                .withConnection(connection -> connection.withAddressFilter(addressFilter.getIfAvailable()));
        for (AsyncHttpClientCustomizer customizer : customizers.orderedStream().toList()) {
            options = customizer.customize(options);
        }
        return AsyncHttpClient.create(loop, options);
    }

    private static HttpClientOptions options(AsyncHttpClientProperties properties) {
        return HttpClientOptions.defaults()
                .withMaxTotal(properties.getMaxTotal())
                .withMaxPerOrigin(properties.getMaxPerOrigin())
                .withMaxQueued(properties.getMaxQueued())
                .withConnectTimeout(properties.getConnectTimeout())
                .withTimeout(properties.getTimeout())
                .withFollowRedirects(properties.isFollowRedirects())
                .withMaxRedirects(properties.getMaxRedirects())
                .withMaxBodySize(properties.getMaxBodySize().toBytes())
                .withMaxHeaderSize(Math.toIntExact(properties.getMaxHeaderSize().toBytes()))
                .withUserAgent(properties.getUserAgent());
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

    /** Boot's filter counts for this client, too. With several of them and none primary the start fails: better than none. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(InetAddressFilter.class)
    static class InetAddressFilterConfiguration {

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnBean(InetAddressFilter.class)
        AddressFilter asyncHttpClientAddressFilter(InetAddressFilter filter) {
            return filter::matches;
        }
    }
}
