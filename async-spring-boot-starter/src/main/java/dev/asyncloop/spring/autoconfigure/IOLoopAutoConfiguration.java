package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.IOLoopOptions;
import dev.asyncloop.spring.IOLoopCustomizer;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of the application's {@link IOLoop}.
 */
@AutoConfiguration
@EnableConfigurationProperties(IOLoopProperties.class)
public final class IOLoopAutoConfiguration {

    /** As Spring Boot has it. */
    private static final Duration DEFAULT_SHUTDOWN_PHASE = Duration.ofSeconds(30);

    IOLoopAutoConfiguration() {}

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    IOLoop ioLoop(IOLoopProperties properties, ObjectProvider<IOLoopCustomizer> customizers, Environment environment) {
        Duration gracePeriod = Binder.get(environment)
                .bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
                .orElse(DEFAULT_SHUTDOWN_PHASE);
        IOLoopOptions options = options(properties).withGracePeriod(gracePeriod);
        for (IOLoopCustomizer customizer : customizers.orderedStream().toList()) {
            options = customizer.customize(options);
        }
        return IOLoop.create(options);
    }

    private static IOLoopOptions options(IOLoopProperties properties) {
        PropertyMapper map = PropertyMapper.get();
        IOLoopOptions options =
                IOLoopOptions.defaults().withCarrier(properties.getCarrier().carrier());
        options = map.from(properties.getName()).to(options, IOLoopOptions::withName);
        options = map.from(properties.getCoroutine().getMax()).to(options, IOLoopOptions::withMaxCoroutines);
        options = map.from(properties.getExecutor().getThreads()).to(options, IOLoopOptions::withExecutorThreads);
        options = map.from(properties.getExecutor().getQueue()).to(options, IOLoopOptions::withExecutorQueue);
        return map.from(properties.getWatchdog().getSlowCallback()).to(options, IOLoopOptions::withSlowCallback);
    }
}
