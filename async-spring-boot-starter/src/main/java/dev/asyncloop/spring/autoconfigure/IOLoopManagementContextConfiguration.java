package dev.asyncloop.spring.autoconfigure;

import java.time.Duration;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/**
 * What the server of a management port of its own runs on: one event loop beside the loop, so that it answers whatever holds
 * that; or the loop, as the application's server. Spring Boot would give it as many event loops as there are processors.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnClass(HttpServer.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBooleanProperty(name = "ioloop.web.enabled", matchIfMissing = true)
class IOLoopManagementContextConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBooleanProperty("ioloop.web.management")
    static class OnTheLoop {

        @Bean
        WebServerFactoryCustomizer<NettyReactiveWebServerFactory> managementServerOnTheLoop(
                ReactorResourceFactory resources) {
            return factory -> factory.setResourceFactory(resources);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBooleanProperty(name = "ioloop.web.management", havingValue = false, matchIfMissing = true)
    static class BesideTheLoop {

        @Bean(defaultCandidate = false)
        ReactorResourceFactory managementReactorResources() {
            ReactorResourceFactory resources = new ReactorResourceFactory();
            resources.setUseGlobalResources(false);
            resources.setLoopResourcesSupplier(() -> LoopResources.create("ioloop-management", 1, true));
            resources.setShutdownQuietPeriod(Duration.ZERO);
            return resources;
        }

        @Bean
        WebServerFactoryCustomizer<NettyReactiveWebServerFactory> managementServerBesideTheLoop(
                @Qualifier("managementReactorResources") ReactorResourceFactory resources) {
            return factory -> factory.setResourceFactory(resources);
        }
    }
}
