package dev.asyncloop.spring.web;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.ApplicationContext;
import org.springframework.web.reactive.DispatcherHandler;

/**
 * Puts a dispatcher that knows coroutine handlers in the place of Spring's own {@link DispatcherHandler}, behind the same
 * filters and exception handlers. One of another class, or behind a proxy, is left as it is.
 */
public final class CoroutineDispatcherPostProcessor implements BeanPostProcessor {

    private final ApplicationContext context;

    /** Makes a post-processor for this application. */
    public CoroutineDispatcherPostProcessor(ApplicationContext context) {
        this.context = context;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        return bean.getClass() == DispatcherHandler.class ? new CoroutineDispatcherHandler(context) : bean;
    }
}
