package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.spring.blocking.BlockingBeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of {@link dev.asyncloop.spring.Blocking @Blocking}.
 */
@AutoConfiguration
public final class BlockingAutoConfiguration {

    BlockingAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    static BlockingBeanPostProcessor blockingBeanPostProcessor() {
        return new BlockingBeanPostProcessor();
    }
}
