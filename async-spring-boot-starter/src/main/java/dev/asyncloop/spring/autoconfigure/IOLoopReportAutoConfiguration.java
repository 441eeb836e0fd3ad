package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.web.IOLoopReport;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.web.context.reactive.ReactiveWebApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.LoopResources;

/**
 * Auto-configuration of the one line at start-up.
 */
@AutoConfiguration(after = {IOLoopAutoConfiguration.class, IOLoopWebServerAutoConfiguration.class})
@ConditionalOnClass({ReactorResourceFactory.class, LoopResources.class})
@ConditionalOnBean(IOLoop.class)
public final class IOLoopReportAutoConfiguration {

    IOLoopReportAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    IOLoopReport ioLoopReport(
            IOLoop loop,
            ObjectProvider<ReactorResourceFactory> resources,
            IOLoopProperties properties,
            ApplicationContext context) {
        return new IOLoopReport(
                loop, resources, properties.getWeb().isEnabled(), context instanceof ReactiveWebApplicationContext);
    }
}
