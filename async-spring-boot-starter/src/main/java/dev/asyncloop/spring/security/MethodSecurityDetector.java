package dev.asyncloop.spring.security;

import dev.asyncloop.spring.Coroutine;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.security.access.prepost.PostAuthorize;
import org.springframework.security.access.prepost.PostFilter;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.access.prepost.PreFilter;
import org.springframework.security.config.annotation.method.configuration.EnableReactiveMethodSecurity;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.service.annotation.HttpExchange;

/**
 * Stops the start when {@code @EnableReactiveMethodSecurity} guards a coroutine: it refuses every call of a method that
 * returns no {@code Publisher}, and calls one that does outside of the coroutine. Of other methods that it would refuse
 * it warns.
 */
public final class MethodSecurityDetector implements SmartInitializingSingleton {

    private static final Log LOG = LogFactory.getLog(MethodSecurityDetector.class);

    private static final List<Class<? extends Annotation>> GUARDS =
            List.of(PreAuthorize.class, PostAuthorize.class, PreFilter.class, PostFilter.class);

    private final ConfigurableListableBeanFactory beanFactory;

    /** Makes a detector for the beans of this factory. */
    public MethodSecurityDetector(ConfigurableListableBeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    @Override
    public void afterSingletonsInstantiated() {
        String[] enabling = beanFactory.getBeanNamesForAnnotation(EnableReactiveMethodSecurity.class);
        if (enabling.length == 0) {
            return;
        }
        List<String> refused = new ArrayList<>();
        for (String name : beanFactory.getBeanNamesForType(Object.class, true, false)) {
            Class<?> type = type(name);
            if (type != null) {
                check(name, type, enabling[0], refused);
            }
        }
        if (!refused.isEmpty()) {
            LOG.warn("@EnableReactiveMethodSecurity (bean '" + enabling[0] + "') refuses every call of "
                    + String.join(", ", refused) + ", as they return no Publisher; for those that coroutines call"
                    + " use @EnableMethodSecurity instead");
        }
    }

    /** Returns the class that somebody has written, or {@code null} if it is not known or not the application's. */
    private @Nullable Class<?> type(String beanName) {
        Class<?> type = AutoProxyUtils.determineTargetClass(beanFactory, beanName);
        if (type == null
                || type.isInterface()
                || Proxy.isProxyClass(type)
                || type.getName().startsWith("org.springframework.")) {
            return null;
        }
        return ClassUtils.getUserClass(type);
    }

    private static void check(String beanName, Class<?> type, String enabling, List<String> refused) {
        Class<? extends Annotation> onType = guard(type);
        MetadataLookup<Class<? extends Annotation>> guards = MethodSecurityDetector::guard;
        MethodIntrospector.selectMethods(type, guards).forEach((method, guard) -> {
            String place = type.getName() + "." + method.getName() + " (bean '" + beanName + "')";
            if (isCoroutine(method, type)) {
                throw new MethodSecurityMisuseException(guard, place, enabling);
            }
            if (!isReactive(method)) {
                refused.add(place);
            }
        });
        if (onType != null) {
            MetadataLookup<Boolean> coroutines = method -> isCoroutine(method, type) ? true : null;
            MethodIntrospector.selectMethods(type, coroutines).keySet().stream()
                    .findFirst()
                    .ifPresent(method -> {
                        throw new MethodSecurityMisuseException(
                                onType, type.getName() + " (bean '" + beanName + "')", enabling);
                    });
        }
    }

    private static @Nullable Class<? extends Annotation> guard(AnnotatedElement element) {
        for (Class<? extends Annotation> guard : GUARDS) {
            if (AnnotatedElementUtils.hasAnnotation(element, guard)) {
                return guard;
            }
        }
        return null;
    }

    private static boolean isCoroutine(Method method, Class<?> type) {
        return (has(method, Coroutine.class) || has(type, Coroutine.class))
                && (has(method, RequestMapping.class) || has(method, HttpExchange.class));
    }

    private static boolean isReactive(Method method) {
        return Publisher.class.isAssignableFrom(method.getReturnType())
                || KotlinDetector.isSuspendingFunction(method)
                || KotlinDetector.isKotlinType(method.getDeclaringClass()); // a Flow, perhaps
    }

    private static boolean has(AnnotatedElement element, Class<? extends Annotation> annotation) {
        return AnnotatedElementUtils.hasAnnotation(element, annotation);
    }
}
