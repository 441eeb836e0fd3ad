package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.spring.IOLoopCustomizer;
import dev.asyncloop.spring.connection.ConnectionLimits;
import dev.asyncloop.spring.metrics.AsyncHttpClientMetrics;
import dev.asyncloop.spring.metrics.EventStreamMetrics;
import dev.asyncloop.spring.metrics.IOLoopMetrics;
import dev.asyncloop.spring.metrics.RequestMetrics;
import dev.asyncloop.spring.metrics.ServerConnectionMetrics;
import dev.asyncloop.spring.metrics.WebSocketMetrics;
import dev.asyncloop.spring.web.CoroutineRequests;
import dev.asyncloop.spring.web.stream.EventStreams;
import dev.asyncloop.spring.websocket.WebSocketConnections;
import dev.asyncloop.websocket.WebSocketClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.SimpleAutowireCandidateResolver;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.DispatcherHandler;
import reactor.netty.http.server.HttpServer;

/**
 * Auto-configuration of the loop's meters. They are bound to every registry, whose filters decide which of them there are.
 */
@AutoConfiguration(
        after = {
            IOLoopAutoConfiguration.class,
            AsyncHttpClientAutoConfiguration.class,
            ConnectionLimitsAutoConfiguration.class,
            IOLoopWebFluxAutoConfiguration.class,
            WebSocketAutoConfiguration.class
        },
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({IOLoop.class, MeterRegistry.class})
public final class IOLoopMetricsAutoConfiguration {

    IOLoopMetricsAutoConfiguration() {}

    /** Before those of the application, which may switch it off. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    @ConditionalOnBooleanProperty(name = "management.metrics.enable.ioloop", matchIfMissing = true)
    IOLoopCustomizer timedCoroutines() {
        return options -> options.withTimedCoroutines(true);
    }

    @Bean
    @ConditionalOnMissingBean
    IOLoopMetrics ioLoopMetrics(ConfigurableListableBeanFactory beanFactory) {
        return new IOLoopMetrics(all(beanFactory, IOLoop.class).values());
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(AsyncHttpClient.class)
    AsyncHttpClientMetrics asyncHttpClientMetrics(ConfigurableListableBeanFactory beanFactory) {
        return new AsyncHttpClientMetrics(all(beanFactory, AsyncHttpClient.class));
    }

    /** Those that are no candidates for injection by type, too. */
    private static <T> Map<String, T> all(ConfigurableListableBeanFactory beanFactory, Class<T> type) {
        return SimpleAutowireCandidateResolver.resolveAutowireCandidates(beanFactory, type, false, true);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(DispatcherHandler.class)
    static class WebConfiguration {

        @Bean
        @ConditionalOnMissingBean
        WebSocketMetrics webSocketMetrics(
                ObjectProvider<WebSocketConnections> served, ConfigurableListableBeanFactory beanFactory) {
            return new WebSocketMetrics(served.getIfAvailable(), all(beanFactory, WebSocketClient.class));
        }

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnBean(EventStreams.class)
        EventStreamMetrics eventStreamMetrics(EventStreams streams) {
            return new EventStreamMetrics(streams);
        }

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnBean(CoroutineRequests.class)
        RequestMetrics coroutineRequestMetrics(CoroutineRequests requests) {
            return new RequestMetrics(requests);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HttpServer.class)
    static class ServerConfiguration {

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnBean(ConnectionLimits.class)
        ServerConnectionMetrics serverConnectionMetrics(ConnectionLimits connections) {
            return new ServerConnectionMetrics(connections);
        }
    }
}
