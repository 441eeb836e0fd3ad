package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.http.BodyCodec;
import dev.asyncloop.spring.web.CoroutineHandlerAdapter;
import dev.asyncloop.spring.websocket.NoWebSocketWanted;
import dev.asyncloop.spring.websocket.WebSocketConnections;
import dev.asyncloop.spring.websocket.WebSocketHandlerAdapter;
import dev.asyncloop.spring.websocket.WebSocketHandlerMapping;
import dev.asyncloop.spring.websocket.WebSocketMisuseDetector;
import dev.asyncloop.websocket.WebSocketOptions;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import reactor.netty.http.server.HttpServer;

/**
 * Auto-configuration of the WebSockets that the application serves. Names of beans that an application may well have given
 * to its own, of other types, begin with {@code ioLoop}.
 */
@AutoConfiguration(
        after = {
            IOLoopAutoConfiguration.class,
            AsyncHttpClientAutoConfiguration.class,
            IOLoopWebFluxAutoConfiguration.class
        })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass({DispatcherHandler.class, HttpServer.class})
@ConditionalOnBean(CoroutineHandlerAdapter.class)
@EnableConfigurationProperties(WebSocketProperties.class)
public final class WebSocketAutoConfiguration {

    WebSocketAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    WebSocketConnections webSocketConnections() {
        return new WebSocketConnections();
    }

    @Bean
    @ConditionalOnMissingBean
    WebSocketHandlerMapping ioLoopWebSocketHandlerMapping(
            @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping standard,
            WebSocketProperties properties) {
        return PropertyOptions.with(
                new WebSocketHandlerMapping(standard),
                "ioloop.websocket.allowed-origins",
                properties.getAllowedOrigins(),
                WebSocketHandlerMapping::withAllowedOrigins);
    }

    @Bean
    @ConditionalOnMissingBean
    NoWebSocketWanted noWebSocketWanted(WebSocketHandlerMapping webSockets) {
        return new NoWebSocketWanted(webSockets);
    }

    @Bean
    @ConditionalOnMissingBean
    WebSocketHandlerAdapter ioLoopWebSocketHandlerAdapter(
            IOLoop loop,
            CoroutineHandlerAdapter handlers,
            WebSocketProperties properties,
            ObjectProvider<BodyCodec> codec,
            WebSocketConnections connections) {
        WebSocketOptions options = WebSocketPropertyOptions.of(properties).withCodec(codec.getIfAvailable());
        return new WebSocketHandlerAdapter(loop, handlers, options, connections);
    }

    @Bean
    @ConditionalOnMissingBean
    WebSocketMisuseDetector webSocketMisuseDetector(ConfigurableListableBeanFactory beanFactory) {
        return new WebSocketMisuseDetector(beanFactory);
    }
}
