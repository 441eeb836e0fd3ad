package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.PeriodicCallback;
import dev.asyncloop.spring.actuate.CoroutinesEndpoint;
import dev.asyncloop.spring.actuate.CoroutinesEndpointWebExtension;
import dev.asyncloop.spring.periodic.PeriodicCallbacks;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the endpoint that shows the coroutines.
 */
@AutoConfiguration(after = {IOLoopAutoConfiguration.class, PeriodicAutoConfiguration.class})
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(IOLoop.class)
@ConditionalOnAvailableEndpoint(CoroutinesEndpoint.class)
public final class CoroutinesEndpointAutoConfiguration {

    CoroutinesEndpointAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    CoroutinesEndpoint coroutinesEndpoint(IOLoop loop, ObjectProvider<PeriodicCallbacks> periodics) {
        return new CoroutinesEndpoint(
                loop,
                () -> periodics.stream()
                        .flatMap(callbacks -> callbacks.all().stream())
                        .map(PeriodicCallback::name)
                        .collect(Collectors.toSet()));
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(CoroutinesEndpoint.class)
    @ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
    CoroutinesEndpointWebExtension coroutinesEndpointWebExtension(CoroutinesEndpoint endpoint) {
        return new CoroutinesEndpointWebExtension(endpoint);
    }
}
