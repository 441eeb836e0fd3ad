package dev.asyncloop.spring.web;

import dev.asyncloop.spring.Blocking;
import dev.asyncloop.spring.Coroutine;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Set;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.stereotype.Controller;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils.MethodFilter;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.service.annotation.HttpExchange;

/**
 * Stops the start when {@link Coroutine @Coroutine} stands on something that is no handler, where it would do nothing.
 * Looks at the types of the application's own beans only; makes no bean.
 */
public final class CoroutineMisuseDetector implements SmartInitializingSingleton {

    private static final String REMEDY = "put it on a @RequestMapping method of a @Controller or @RestController;"
            + " elsewhere start a coroutine with `IOLoop.spawn` or `Async.spawn`, or call the method from one as it is";

    private final ConfigurableListableBeanFactory beanFactory;

    /** Makes a detector for the beans of this factory. */
    public CoroutineMisuseDetector(ConfigurableListableBeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    @Override
    public void afterSingletonsInstantiated() {
        for (String name : beanFactory.getBeanDefinitionNames()) {
            Class<?> type = beanFactory.getType(name, false);
            if (type != null && !type.getName().startsWith("org.springframework.")) {
                check(name, ClassUtils.getUserClass(type));
            }
        }
    }

    private static void check(String beanName, Class<?> type) {
        boolean controller = AnnotatedElementUtils.hasAnnotation(type, Controller.class)
                || AnnotatedElementUtils.hasAnnotation(type, RequestMapping.class);
        if (!controller && AnnotatedElementUtils.hasAnnotation(type, Coroutine.class)) {
            throw new CoroutineMisuseException(
                    "@Coroutine on " + type.getName() + " (bean '" + beanName + "') has no effect: it is no controller",
                    REMEDY);
        }
        for (Method method : coroutineMethods(type)) {
            check(beanName, type, method, controller);
        }
    }

    private static Set<Method> coroutineMethods(Class<?> type) {
        MethodFilter annotated = method -> AnnotatedElementUtils.hasAnnotation(method, Coroutine.class);
        return MethodIntrospector.selectMethods(type, annotated);
    }

    private static void check(String beanName, Class<?> type, Method method, boolean controller) {
        String place = "@Coroutine on " + type.getName() + "." + method.getName() + " (bean '" + beanName + "')";
        if (Modifier.isPrivate(method.getModifiers())) {
            throw new CoroutineMisuseException(place + " has no effect: the method is private", REMEDY);
        }
        if (!controller) {
            throw new CoroutineMisuseException(place + " has no effect: the bean is no controller", REMEDY);
        }
        if (!AnnotatedElementUtils.hasAnnotation(method, RequestMapping.class)
                && !AnnotatedElementUtils.hasAnnotation(method, HttpExchange.class)) {
            throw new CoroutineMisuseException(
                    place + " has no effect: the method "
                            + (AnnotatedElementUtils.hasAnnotation(method, ExceptionHandler.class)
                                    ? "handles exceptions, no requests"
                                    : "handles no requests"),
                    REMEDY);
        }
        if (AnnotatedElementUtils.hasAnnotation(method, Blocking.class)
                || AnnotatedElementUtils.hasAnnotation(type, Blocking.class)) {
            throw new CoroutineMisuseException(
                    place + " is @Blocking as well, so it could not await",
                    "put @Blocking on what the handler calls, or use `Async.blocking` inside it");
        }
    }
}
