package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.web.CoroutineContext;
import dev.asyncloop.spring.web.CoroutineDispatcherPostProcessor;
import dev.asyncloop.spring.web.CoroutineExceptionHandlers;
import dev.asyncloop.spring.web.CoroutineHandlerAdapter;
import dev.asyncloop.spring.web.CoroutineHttpHandlerDecorator;
import dev.asyncloop.spring.web.RequestLimits;
import dev.asyncloop.spring.web.stream.EventStreams;
import dev.asyncloop.spring.web.stream.StreamArgumentResolver;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerAdapter;

/**
 * Auto-configuration of coroutines as WebFlux handlers.
 */
@AutoConfiguration(after = {IOLoopAutoConfiguration.class, WebFluxAutoConfiguration.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(DispatcherHandler.class)
@ConditionalOnBean({IOLoop.class, RequestMappingHandlerAdapter.class})
@Import(WebRequestLimitsConfiguration.class)
public final class IOLoopWebFluxAutoConfiguration {

    IOLoopWebFluxAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    CoroutineExceptionHandlers coroutineExceptionHandlers(
            IOLoop loop, RequestMappingHandlerAdapter handlerAdapter, ApplicationContext context) {
        return new CoroutineExceptionHandlers(loop, handlerAdapter, context);
    }

    @Bean
    @ConditionalOnMissingBean
    CoroutineHandlerAdapter coroutineHandlerAdapter(
            IOLoop loop,
            RequestMappingHandlerAdapter handlerAdapter,
            CoroutineExceptionHandlers exceptionHandlers,
            ObjectProvider<CoroutineContext> contexts,
            RequestLimits limits,
            ApplicationContext applicationContext) {
        return new CoroutineHandlerAdapter(
                loop,
                handlerAdapter,
                exceptionHandlers,
                CoroutineContext.all(contexts.orderedStream().toList()),
                limits,
                applicationContext);
    }

    @Bean
    @ConditionalOnMissingBean
    EventStreams servedEventStreams() {
        return new EventStreams();
    }

    @Bean
    @ConditionalOnMissingBean
    static CoroutineDispatcherPostProcessor coroutineDispatcherPostProcessor(ApplicationContext context) {
        return new CoroutineDispatcherPostProcessor(context);
    }

    @Bean
    @ConditionalOnMissingBean
    CoroutineHttpHandlerDecorator coroutineHttpHandlerDecorator() {
        return new CoroutineHttpHandlerDecorator();
    }

    @Bean
    WebFluxConfigurer streamArguments(
            ObjectProvider<ServerCodecConfigurer> codecs, IOLoopProperties properties, EventStreams eventStreams) {
        StreamArgumentResolver resolver = new StreamArgumentResolver(
                codecs::getObject, properties.getWeb().getEventStream().getHeartbeat(), eventStreams);
        return new WebFluxConfigurer() {
            @Override
            public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
                configurer.addCustomResolver(resolver);
            }
        };
    }
}
