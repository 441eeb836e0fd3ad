package dev.asyncloop.spring.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;

/**
 * Auto-configuration that stops an application which Spring MVC has taken over.
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
public final class ServletStackAutoConfiguration {

    ServletStackAutoConfiguration() {
        throw new ServletStackException();
    }
}
