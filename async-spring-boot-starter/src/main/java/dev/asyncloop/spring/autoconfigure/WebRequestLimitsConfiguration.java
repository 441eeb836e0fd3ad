package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.web.BodyTimeout;
import dev.asyncloop.spring.web.CoroutineRequests;
import dev.asyncloop.spring.web.RequestLimits;
import dev.asyncloop.spring.web.TimeLimitMisuseDetector;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.EmbeddedValueResolver;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The limits of requests; a value that can't be names its property. */
@Configuration(proxyBeanMethods = false)
class WebRequestLimitsConfiguration {

    @Bean
    @ConditionalOnMissingBean
    CoroutineRequests coroutineRequests(IOLoopProperties properties) {
        IOLoopProperties.Web web = properties.getWeb();
        return new CoroutineRequests(
                atLeast(1, "ioloop.web.max-requests", web.getMaxRequests()),
                atLeast(0, "ioloop.web.max-waiting", web.getMaxWaiting()));
    }

    @Bean
    @ConditionalOnMissingBean
    RequestLimits requestLimits(
            IOLoop loop,
            CoroutineRequests requests,
            IOLoopProperties properties,
            ConfigurableListableBeanFactory beanFactory) {
        return new RequestLimits(
                loop,
                requests,
                positive("ioloop.web.request-timeout", properties.getWeb().getRequestTimeout()),
                new EmbeddedValueResolver(beanFactory));
    }

    @Bean
    @ConditionalOnMissingBean
    BodyTimeout bodyTimeout(IOLoop loop, IOLoopProperties properties) {
        IOLoopProperties.Web web = properties.getWeb();
        return new BodyTimeout(loop, required("ioloop.web.body-timeout", web.getBodyTimeout()));
    }

    @Bean
    @ConditionalOnMissingBean
    TimeLimitMisuseDetector timeLimitMisuseDetector(ConfigurableListableBeanFactory beanFactory) {
        return new TimeLimitMisuseDetector(beanFactory);
    }

    private static int atLeast(int least, String property, int value) {
        if (value < least) {
            throw new InvalidConfigurationPropertyValueException(
                    property, value, "It has to be at least " + least + ".");
        }
        return value;
    }

    static @Nullable Duration positive(String property, @Nullable Duration value) {
        return value == null ? null : required(property, value);
    }

    static Duration required(String property, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new InvalidConfigurationPropertyValueException(property, value, "It has to be positive.");
        }
        return value;
    }
}
