package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.spring.http.AsyncHttpRequestFactoryBuilder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.autoconfigure.HttpMessageConvertersRestClientCustomizer;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Auto-configuration that has {@code RestClient} write and read JSON as the application does, on the loop's request factory:
 * Boot does not do so in reactive applications. On its own, as it asks for a bean that has to be there before.
 */
@AutoConfiguration(after = AsyncHttpRequestFactoryAutoConfiguration.class, before = RestClientAutoConfiguration.class)
@ConditionalOnClass({RestClientCustomizer.class, JsonMapper.class, JacksonJsonHttpMessageConverter.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBean(AsyncHttpRequestFactoryBuilder.class)
public final class AsyncHttpRequestJsonAutoConfiguration {

    AsyncHttpRequestJsonAutoConfiguration() {}

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    @ConditionalOnSingleCandidate(JsonMapper.class)
    @ConditionalOnMissingBean(HttpMessageConvertersRestClientCustomizer.class)
    RestClientCustomizer jsonRestClientCustomizer(JsonMapper mapper) {
        return client -> client.configureMessageConverters(converters ->
                converters.registerDefaults().withJsonConverter(new JacksonJsonHttpMessageConverter(mapper)));
    }
}
