package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.IOLoopOptions;
import dev.asyncloop.spring.IOLoopCustomizer;
import dev.asyncloop.spring.loop.IOLoopLifecycle;
import dev.asyncloop.spring.web.CoroutineMisuseDetector;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.core.env.Environment;
import org.springframework.web.bind.annotation.RequestMapping;

/**
 * Auto-configuration of the application's {@link IOLoop}. The loop is an {@code Executor}, too, but not the application's:
 * so it comes after Spring Boot's, which would give way to it, and where both fit, that one is injected.
 */
@AutoConfiguration(after = TaskExecutionAutoConfiguration.class)
@EnableConfigurationProperties(IOLoopProperties.class)
public final class IOLoopAutoConfiguration {

    /** As Spring Boot has it. */
    private static final Duration DEFAULT_SHUTDOWN_PHASE = Duration.ofSeconds(30);

    IOLoopAutoConfiguration() {}

    /** A user's own loop also has its own end. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(IOLoop.class)
    static class LoopConfiguration {

        /** Closed here only if the start has failed; else its lifecycle has done so. */
        @Bean(destroyMethod = "close")
        @Fallback
        IOLoop ioLoop(
                IOLoopProperties properties, ObjectProvider<IOLoopCustomizer> customizers, Environment environment) {
            Duration gracePeriod = Binder.get(environment)
                    .bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
                    .orElse(DEFAULT_SHUTDOWN_PHASE);
            IOLoopOptions options = PropertyOptions.of(properties).withGracePeriod(gracePeriod);
            for (IOLoopCustomizer customizer : customizers.orderedStream().toList()) {
                options = customizer.customize(options);
            }
            return PropertyOptions.createLoop(options, properties.getCarrier());
        }

        @Bean
        IOLoopLifecycle ioLoopLifecycle(IOLoop loop, ConfigurableApplicationContext context) {
            return new IOLoopLifecycle(loop, context);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RequestMapping.class)
    static class MisuseConfiguration {

        @Bean
        @ConditionalOnMissingBean
        CoroutineMisuseDetector coroutineMisuseDetector(ConfigurableListableBeanFactory beanFactory) {
            return new CoroutineMisuseDetector(beanFactory);
        }
    }
}
