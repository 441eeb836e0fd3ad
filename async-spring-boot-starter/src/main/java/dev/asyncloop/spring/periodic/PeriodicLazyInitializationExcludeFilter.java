package dev.asyncloop.spring.periodic;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.util.ClassUtils;

/**
 * Has beans with {@link dev.asyncloop.spring.Periodic @Periodic} methods made at the start also with
 * {@code spring.main.lazy-initialization}: nobody else may ever ask for them.
 */
public final class PeriodicLazyInitializationExcludeFilter implements LazyInitializationExcludeFilter {

    private final PeriodicMethods methods = new PeriodicMethods();

    /** Makes a filter. */
    public PeriodicLazyInitializationExcludeFilter() {}

    @Override
    public boolean isExcluded(String beanName, BeanDefinition beanDefinition, Class<?> beanType) {
        return !methods.of(ClassUtils.getUserClass(beanType)).isEmpty();
    }
}
