package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.periodic.PeriodicBeanPostProcessor;
import dev.asyncloop.spring.periodic.PeriodicCallbacks;
import dev.asyncloop.spring.periodic.PeriodicLazyInitializationExcludeFilter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

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
    PeriodicCallbacks periodicCallbacks(ObjectProvider<IOLoop> loop) {
        return new PeriodicCallbacks(loop);
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
}
