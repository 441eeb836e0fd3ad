package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.spring.security.MethodSecurityDetector;
import dev.asyncloop.spring.security.SecurityInCoroutines;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.method.configuration.EnableReactiveMethodSecurity;
import org.springframework.security.core.context.SecurityContextHolderThreadLocalAccessor;
import org.springframework.web.reactive.DispatcherHandler;

/**
 * Auto-configuration of Spring Security in coroutines.
 */
@AutoConfiguration(before = IOLoopWebFluxAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass({DispatcherHandler.class, SecurityContextHolderThreadLocalAccessor.class})
public final class IOLoopSecurityAutoConfiguration {

    IOLoopSecurityAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    SecurityInCoroutines securityInCoroutines() {
        return new SecurityInCoroutines();
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(EnableReactiveMethodSecurity.class)
    static class MethodSecurityConfiguration {

        @Bean
        @ConditionalOnMissingBean
        static MethodSecurityDetector methodSecurityDetector(ConfigurableListableBeanFactory beanFactory) {
            return new MethodSecurityDetector(beanFactory);
        }
    }
}
