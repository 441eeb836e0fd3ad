package dev.asyncloop.spring.autoconfigure;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration that stops an application which Spring MVC has taken over, before there is a bean or a server.
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
public final class ServletStackAutoConfiguration {

    ServletStackAutoConfiguration() {}

    @Bean
    static BeanFactoryPostProcessor servletStackStopper() {
        return beanFactory -> {
            throw new ServletStackException();
        };
    }
}
