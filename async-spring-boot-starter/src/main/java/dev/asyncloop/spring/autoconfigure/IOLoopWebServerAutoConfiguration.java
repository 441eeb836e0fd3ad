package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.server.LoopHttpRoute;
import dev.asyncloop.spring.web.IOLoopResources;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.server.reactive.HttpHandler;
import reactor.netty.http.server.HttpServer;

/**
 * Auto-configuration that puts the web server and the reactive HTTP clients on the loop.
 */
@AutoConfiguration(
        after = IOLoopAutoConfiguration.class,
        before = NettyReactiveWebServerAutoConfiguration.class,
        beforeName = "org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration")
@ConditionalOnClass(HttpServer.class)
@ConditionalOnBean(IOLoop.class)
@ConditionalOnBooleanProperty(name = "ioloop.web.enabled", matchIfMissing = true)
public final class IOLoopWebServerAutoConfiguration {

    IOLoopWebServerAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    ReactorResourceFactory reactorResourceFactory(IOLoop loop, Environment environment) {
        ReactorResourceFactory factory = new ReactorResourceFactory();
        factory.setUseGlobalResources(false);
        factory.setLoopResourcesSupplier(() -> new IOLoopResources(loop));
        Binder.get(environment)
                .bind("spring.reactor.netty.shutdown-quiet-period", Duration.class)
                .ifBound(factory::setShutdownQuietPeriod);
        return factory;
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    @ConditionalOnClass({NettyReactiveWebServerFactory.class, HttpHandler.class})
    static class Routes {

        @Bean
        @ConditionalOnMissingBean
        LoopHttpRoute loopHttpRoute(ObjectProvider<HttpHandler> handler) {
            return new LoopHttpRoute(handler::getObject);
        }
    }
}
