package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.periodic.PeriodicBeanPostProcessor;
import dev.asyncloop.spring.periodic.PeriodicCallbacks;
import dev.asyncloop.spring.periodic.PeriodicLazyInitializationExcludeFilter;
import dev.asyncloop.spring.periodic.PeriodicObservations;
import dev.asyncloop.spring.periodic.PeriodicOverrides;
import dev.asyncloop.spring.periodic.PeriodicScheduledTasks;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/**
 * Auto-configuration of {@link dev.asyncloop.spring.Periodic @Periodic}.
 */
@AutoConfiguration(after = IOLoopAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "ioloop.periodic.enabled", matchIfMissing = true)
@EnableConfigurationProperties(PeriodicProperties.class)
public final class PeriodicAutoConfiguration {

    PeriodicAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    PeriodicCallbacks periodicCallbacks(
            ObjectProvider<IOLoop> loop,
            PeriodicProperties properties,
            ObjectProvider<PeriodicObservations> observations) {
        return new PeriodicCallbacks(loop, new PeriodicOverrides(properties.getTasks()), observations);
    }

    /** Nobody needs it who does not look at Spring's scheduled tasks. */
    @Bean
    @Lazy
    @ConditionalOnMissingBean
    PeriodicScheduledTasks periodicScheduledTasks(PeriodicCallbacks callbacks) {
        return new PeriodicScheduledTasks(callbacks);
    }

    @Bean
    @ConditionalOnMissingBean
    static PeriodicBeanPostProcessor periodicBeanPostProcessor(ObjectProvider<PeriodicCallbacks> callbacks) {
        return new PeriodicBeanPostProcessor(callbacks);
    }

    @Bean
    @ConditionalOnMissingBean
    static PeriodicLazyInitializationExcludeFilter periodicLazyInitializationExcludeFilter() {
        return new PeriodicLazyInitializationExcludeFilter();
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ObservationRegistry.class)
    static class ObservationConfiguration {

        @Bean
        @ConditionalOnMissingBean
        PeriodicObservations periodicObservations(ObjectProvider<ObservationRegistry> registry) {
            return new PeriodicObservations(registry);
        }
    }
}
