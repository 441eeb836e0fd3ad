package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.files.OffLoopResourceWriter;
import dev.asyncloop.spring.files.StaticFilesHandlerAdapter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.http.codec.CodecCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.handler.AbstractUrlHandlerMapping;

/**
 * Auto-configuration that has files looked up and read in the loop's executor: static ones, and resources that handlers
 * return or clients send.
 */
@AutoConfiguration(after = IOLoopAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass({DispatcherHandler.class, CodecCustomizer.class})
@ConditionalOnBean(IOLoop.class)
@ConditionalOnBooleanProperty(name = "ioloop.web.enabled", matchIfMissing = true)
public final class StaticFilesAutoConfiguration {

    StaticFilesAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    OffLoopResourceWriter offLoopResourceWriter(IOLoop loop) {
        return new OffLoopResourceWriter(loop);
    }

    @Bean
    CodecCustomizer offLoopResourceCodecCustomizer(OffLoopResourceWriter writer) {
        return configurer -> configurer.customCodecs().register(writer);
    }

    @Bean
    @ConditionalOnMissingBean
    StaticFilesHandlerAdapter staticFilesHandlerAdapter(
            IOLoop loop, OffLoopResourceWriter writer, ObjectProvider<AbstractUrlHandlerMapping> mappings) {
        return new StaticFilesHandlerAdapter(loop, writer, mappings);
    }
}
