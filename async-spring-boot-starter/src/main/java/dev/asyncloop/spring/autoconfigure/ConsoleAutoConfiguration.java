package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.console.ConsoleCsrfToken;
import dev.asyncloop.spring.console.ConsoleEndpoint;
import dev.asyncloop.spring.console.ConsoleHeaders;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.web.server.csrf.CsrfToken;

/**
 * Auto-configuration of the console, which nobody has who does not ask for it.
 */
@AutoConfiguration(after = IOLoopAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBooleanProperty("ioloop.console.enabled")
@ConditionalOnBean(IOLoop.class)
@ConditionalOnAvailableEndpoint(ConsoleEndpoint.class)
public final class ConsoleAutoConfiguration {

    ConsoleAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    ConsoleEndpoint consoleEndpoint(ObjectProvider<PathMappedEndpoints> endpoints) {
        return new ConsoleEndpoint(endpoints::getObject);
    }

    @Bean
    @ConditionalOnMissingBean
    ConsoleHeaders consoleHeaders(ObjectProvider<PathMappedEndpoints> endpoints) {
        return new ConsoleHeaders(endpoints::getObject);
    }

    /** The page's buttons get through Spring Security's protection against forged requests. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(CsrfToken.class)
    static class CsrfConfiguration {

        @Bean
        @ConditionalOnMissingBean
        ConsoleCsrfToken consoleCsrfToken(ObjectProvider<PathMappedEndpoints> endpoints) {
            return new ConsoleCsrfToken(endpoints::getObject);
        }
    }
}
