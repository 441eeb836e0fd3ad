package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.spring.actuate.PeriodicEndpoint;
import dev.asyncloop.spring.actuate.PeriodicEndpointWebExtension;
import dev.asyncloop.spring.periodic.PeriodicCallbacks;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the actuator's endpoint for {@link dev.asyncloop.spring.Periodic @Periodic} tasks.
 */
@AutoConfiguration(after = PeriodicAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(PeriodicCallbacks.class)
@ConditionalOnAvailableEndpoint(PeriodicEndpoint.class)
public final class PeriodicEndpointAutoConfiguration {

    PeriodicEndpointAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    PeriodicEndpoint periodicEndpoint(PeriodicCallbacks callbacks) {
        return new PeriodicEndpoint(callbacks);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(PeriodicEndpoint.class)
    @ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
    PeriodicEndpointWebExtension periodicEndpointWebExtension(PeriodicCallbacks callbacks) {
        return new PeriodicEndpointWebExtension(callbacks);
    }
}
