package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.spring.connection.ConnectionLimits;
import java.time.Duration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import reactor.netty.http.server.HttpServer;

/**
 * Auto-configuration of what the web server does about slow and silent clients.
 */
@AutoConfiguration(before = NettyReactiveWebServerAutoConfiguration.class, after = IOLoopAutoConfiguration.class)
@ConditionalOnClass({HttpServer.class, NettyServerCustomizer.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@EnableConfigurationProperties(IOLoopProperties.class)
public final class ConnectionLimitsAutoConfiguration {

    /** Longer than load balancers keep a connection, so that they are the ones to close it. */
    private static final Duration IDLE = Duration.ofSeconds(75);

    ConnectionLimitsAutoConfiguration() {}

    /** With Spring Boot's own limit for silent clients there is no further one. */
    @Bean
    @ConditionalOnMissingBean
    ConnectionLimits connectionLimits(IOLoopProperties properties, Environment environment) {
        IOLoopProperties.Web web = properties.getWeb();
        return new ConnectionLimits(
                Binder.get(environment)
                                .bind("server.netty.idle-timeout", Duration.class)
                                .isBound()
                        ? null
                        : IDLE,
                WebRequestLimitsConfiguration.required("ioloop.web.header-timeout", web.getHeaderTimeout()),
                WebRequestLimitsConfiguration.required("ioloop.web.body-timeout", web.getBodyTimeout()));
    }
}
