package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.spring.shedlock.PeriodicLocks;
import dev.asyncloop.spring.shedlock.SchedulerLockBeanPostProcessor;
import net.javacrumbs.shedlock.core.LockingTaskExecutorListener;
import net.javacrumbs.shedlock.spring.ExtendedLockConfigurationExtractor;
import net.javacrumbs.shedlock.spring.annotation.SchedulerLock;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of ShedLock's {@link SchedulerLock @SchedulerLock} on {@link dev.asyncloop.spring.Periodic @Periodic}
 * methods.
 */
@AutoConfiguration(after = {PeriodicAutoConfiguration.class, BlockingAutoConfiguration.class})
@ConditionalOnClass({SchedulerLock.class, LockingTaskExecutorListener.class})
@ConditionalOnBooleanProperty(name = "ioloop.periodic.enabled", matchIfMissing = true)
public final class SchedulerLockAutoConfiguration {

    SchedulerLockAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    PeriodicLocks periodicLocks(
            BeanFactory beanFactory,
            ObjectProvider<ExtendedLockConfigurationExtractor> configurations,
            ObjectProvider<LockingTaskExecutorListener> listener) {
        return new PeriodicLocks(beanFactory, configurations, listener);
    }

    @Bean
    @ConditionalOnMissingBean
    static SchedulerLockBeanPostProcessor schedulerLockBeanPostProcessor(ObjectProvider<PeriodicLocks> locks) {
        return new SchedulerLockBeanPostProcessor(locks);
    }
}
