package dev.asyncloop.spring.web;

import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TimeLimit;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Objects;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.EmbeddedValueResolver;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ReflectionUtils.MethodFilter;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.service.annotation.HttpExchange;

/**
 * Stops the start when {@link TimeLimit @TimeLimit} stands where it would do nothing, or has a value that can't be. Looks at
 * the types of the application's own beans only, and makes no bean.
 */
public final class TimeLimitMisuseDetector implements SmartInitializingSingleton {

    private static final String NO_HANDLER = "put it on a @Coroutine handler or its controller; a reactive handler has"
            + " `timeout` of Mono and Flux, and what else is called in a coroutine `Async.withTimeout`";

    private final ConfigurableListableBeanFactory beanFactory;

    /** Makes a detector for the beans of this factory. */
    public TimeLimitMisuseDetector(ConfigurableListableBeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    @Override
    public void afterSingletonsInstantiated() {
        for (String name : beanFactory.getBeanNamesForType(Object.class, true, false)) {
            Class<?> type = ApplicationBeans.type(beanFactory, name);
            if (type != null) {
                check(name, type);
            }
        }
    }

    private void check(String beanName, Class<?> type) {
        TimeLimit ofType = TimeLimits.on(type);
        if (ofType != null) {
            String place = type.getName() + " (bean '" + beanName + "')";
            parse(ofType, place);
            boolean any = has(type, Coroutine.class)
                    || !MethodIntrospector.selectMethods(type, (MethodFilter) method -> isHandler(method, type))
                            .isEmpty();
            if (!any) {
                throw new CoroutineMisuseException(
                        "@TimeLimit on " + place + " has no effect: it has no @Coroutine handler", NO_HANDLER);
            }
        }
        for (Method method :
                MethodIntrospector.selectMethods(type, (MethodFilter) candidate -> TimeLimits.on(candidate) != null)) {
            check(Objects.requireNonNull(TimeLimits.on(method)), method, type, beanName);
        }
    }

    private void check(TimeLimit limit, Method method, Class<?> type, String beanName) {
        String place = type.getName() + "." + method.getName() + " (bean '" + beanName + "')";
        parse(limit, place);
        if (!isHandler(method, type)) {
            throw new CoroutineMisuseException(
                    "@TimeLimit on " + place + " has no effect: the method is no @Coroutine handler", NO_HANDLER);
        }
    }

    private void parse(TimeLimit limit, String place) {
        TimeLimits.parse(limit, place, new EmbeddedValueResolver(beanFactory));
    }

    private static boolean isHandler(Method method, Class<?> type) {
        return CoroutineMethods.isCoroutine(method, type)
                && (has(method, RequestMapping.class) || has(method, HttpExchange.class));
    }

    private static boolean has(AnnotatedElement element, Class<? extends Annotation> annotation) {
        return AnnotatedElementUtils.hasAnnotation(element, annotation);
    }
}
