package dev.asyncloop.spring.web;

import dev.asyncloop.spring.beans.OwnAnnotations;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/** The classes of the application's beans, found without making any. */
public final class ApplicationBeans {

    private ApplicationBeans() {}

    /** Returns the class that somebody has written, or {@code null} if it is not known or not the application's. */
    public static @Nullable Class<?> type(ConfigurableListableBeanFactory beanFactory, String beanName) {
        Class<?> type = AutoProxyUtils.determineTargetClass(beanFactory, beanName);
        if (type == null
                || type.isInterface() // a client's, perhaps: what implements it here is unknown
                || Proxy.isProxyClass(type)) {
            return null;
        }
        Class<?> written = ClassUtils.getUserClass(type);
        return OwnAnnotations.mayBeOn(written) ? written : null;
    }
}
