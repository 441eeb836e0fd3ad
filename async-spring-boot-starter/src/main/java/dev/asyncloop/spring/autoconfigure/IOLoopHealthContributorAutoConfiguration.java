package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopState;
import dev.asyncloop.SlowCallback;
import dev.asyncloop.spring.actuate.IOLoopHealthIndicator;
import dev.asyncloop.spring.actuate.OverduePeriodic;
import dev.asyncloop.spring.actuate.OverduePeriodics;
import dev.asyncloop.spring.periodic.PeriodicCallbacks;
import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.beans.factory.ObjectProvider;
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
        after = {IOLoopAutoConfiguration.class, PeriodicAutoConfiguration.class},
        beforeName = "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration")
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(IOLoop.class)
@ConditionalOnEnabledHealthIndicator("ioloop")
@RegisterReflectionForBinding({OverduePeriodic.class, Carrier.class, LoopState.class, SlowCallback.Held.class})
public final class IOLoopHealthContributorAutoConfiguration {

    IOLoopHealthContributorAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = {"ioloopHealthIndicator", "ioloopHealthContributor"})
    IOLoopHealthIndicator ioloopHealthIndicator(
            IOLoop loop, IOLoopProperties properties, ObjectProvider<PeriodicCallbacks> periodics) {
        IOLoopProperties.Watchdog limits = properties.getWatchdog();
        return new IOLoopHealthIndicator(
                loop,
                PropertyOptions.positive("ioloop.watchdog.down-after", limits.getDownAfter()),
                new OverduePeriodics(
                        () -> periodics.stream()
                                .flatMap(callbacks -> callbacks.all().stream())
                                .toList(),
                        loop.clock(),
                        PropertyOptions.positive("ioloop.watchdog.overdue-after", limits.getOverdueAfter())));
    }
}
