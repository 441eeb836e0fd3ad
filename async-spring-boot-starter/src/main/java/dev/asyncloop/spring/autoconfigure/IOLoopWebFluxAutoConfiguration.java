package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.web.CoroutineHandlerAdapter;
import dev.asyncloop.spring.web.RequestLimits;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.DispatcherHandler;
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
    CoroutineHandlerAdapter coroutineHandlerAdapter(
            IOLoop loop, RequestMappingHandlerAdapter handlerAdapter, RequestLimits limits) {
        return new CoroutineHandlerAdapter(loop, handlerAdapter, limits);
    }
}
