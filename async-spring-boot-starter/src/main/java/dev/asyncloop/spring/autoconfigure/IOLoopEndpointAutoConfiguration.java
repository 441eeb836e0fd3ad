package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.spring.actuate.HttpClientLines;
import dev.asyncloop.spring.actuate.IOLoopEndpoint;
import dev.asyncloop.spring.actuate.RequestLine;
import dev.asyncloop.spring.actuate.WaitingLines;
import dev.asyncloop.spring.web.CoroutineRequests;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.SimpleAutowireCandidateResolver;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the endpoint that shows the loop.
 */
@AutoConfiguration(
        after = {
            IOLoopAutoConfiguration.class,
            IOLoopWebFluxAutoConfiguration.class,
            AsyncHttpClientAutoConfiguration.class
        })
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(IOLoop.class)
@ConditionalOnAvailableEndpoint(IOLoopEndpoint.class)
public final class IOLoopEndpointAutoConfiguration {

    IOLoopEndpointAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    IOLoopEndpoint ioloopEndpoint(IOLoop loop, ObjectProvider<WaitingLines> lines) {
        return new IOLoopEndpoint(loop, lines.orderedStream().toList());
    }

    @Bean
    @ConditionalOnBean(CoroutineRequests.class)
    @ConditionalOnMissingBean
    RequestLine ioloopRequestLine(CoroutineRequests requests) {
        return new RequestLine(requests);
    }

    @Bean
    @ConditionalOnBean(AsyncHttpClient.class)
    @ConditionalOnMissingBean
    HttpClientLines ioloopHttpClientLines(ConfigurableListableBeanFactory beanFactory) {
        return new HttpClientLines(SimpleAutowireCandidateResolver.resolveAutowireCandidates(
                beanFactory, AsyncHttpClient.class, false, true));
    }
}
