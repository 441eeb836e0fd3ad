package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.actuate.IOLoopHealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the loop's health.
 */
@AutoConfiguration(
        after = IOLoopAutoConfiguration.class,
        beforeName = "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration")
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(IOLoop.class)
@ConditionalOnEnabledHealthIndicator("ioloop")
public final class IOLoopHealthContributorAutoConfiguration {

    IOLoopHealthContributorAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = {"ioloopHealthIndicator", "ioloopHealthContributor"})
    IOLoopHealthIndicator ioloopHealthIndicator(IOLoop loop, IOLoopProperties properties) {
        return new IOLoopHealthIndicator(loop, properties.getWatchdog().getDownAfter());
    }
}
