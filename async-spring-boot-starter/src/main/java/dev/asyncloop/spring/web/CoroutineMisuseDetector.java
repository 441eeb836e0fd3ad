package dev.asyncloop.spring.web;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.SwitchOn;
import dev.asyncloop.spring.Blocking;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.WebSocketMapping;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.stereotype.Controller;
import org.springframework.util.ReflectionUtils.MethodFilter;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.service.annotation.HttpExchange;

/**
 * Stops the start when {@link Coroutine @Coroutine} stands on something that is no handler, where it would do nothing.
 * Looks at the types of the application's own beans only, and makes no bean.
 */
public final class CoroutineMisuseDetector implements SmartInitializingSingleton {

    private static final String NOT_BLOCKING =
            "put @Blocking on what the handler calls, or use `Async.blocking` inside it";

    private static final String ANY_CARRIER = "start the JVM with --add-opens java.base/java.lang=ALL-UNNAMED for the"
            + " event-loop carrier, or leave `switchOn` out and put what blocks into `Async.blocking` or behind @Blocking";

    private final ConfigurableListableBeanFactory beanFactory;

    /** Makes a detector for the beans of this factory. */
    public CoroutineMisuseDetector(ConfigurableListableBeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    @Override
    public void afterSingletonsInstantiated() {
        for (String name : beanFactory.getBeanNamesForType(Object.class, true, false)) {
            Class<?> type = ApplicationBeans.type(beanFactory, name);
            if (type != null) {
                check(name, type);
                StreamMisuse.check(name, type);
                if (isHandling(type)) {
                    checkSwitchOn(name, type);
                }
            }
        }
    }

    private static void check(String beanName, Class<?> type) {
        if (has(type, Coroutine.class)) {
            String place = "@Coroutine on " + type.getName() + " (bean '" + beanName + "')";
            if (!isHandling(type)) {
                throw new CoroutineMisuseException(
                        place + " has no effect: it is no controller", CoroutineMisuseRemedy.of(type));
            }
            if (!has(type, Controller.class) && handlerMethods(type).isEmpty()) {
                throw new CoroutineMisuseException(
                        place + " has no effect: it is advice without an @ExceptionHandler",
                        CoroutineMisuseRemedy.of(type));
            }
            if (has(type, Blocking.class)) {
                throw new CoroutineMisuseException(
                        place + " is @Blocking as well, so its handlers could not await", NOT_BLOCKING);
            }
        }
        for (Method method : coroutineMethods(type)) {
            check(place(beanName, type, method), type, method);
        }
    }

    private static String place(String beanName, Class<?> type, Method method) {
        return "@Coroutine on " + type.getName() + "." + method.getName() + " (bean '" + beanName + "')";
    }

    /** Refuses handlers that give way in a manner which the loop's carrier does not have. */
    private void checkSwitchOn(String beanName, Class<?> type) {
        for (Method method : handlerMethods(type)) {
            if (CoroutineMethods.isCoroutine(method, type)
                    && CoroutineMethods.switchOn(method, type) == SwitchOn.ANY
                    && beanFactory.getBean(IOLoop.class).carrier() != Carrier.EVENT_LOOP) {
                throw new CoroutineMisuseException(
                        place(beanName, type, method) + " is to switch on ANY, which the JDK carrier can't do",
                        ANY_CARRIER);
            }
        }
    }

    /** Whether methods of this type are handlers of requests or of exceptions. */
    private static boolean isHandling(Class<?> type) {
        return has(type, Controller.class) || has(type, ControllerAdvice.class);
    }

    private static Set<Method> handlerMethods(Class<?> type) {
        MethodFilter handlers = method -> has(method, RequestMapping.class)
                || has(method, HttpExchange.class)
                || has(method, WebSocketMapping.class)
                || has(method, ExceptionHandler.class);
        return MethodIntrospector.selectMethods(type, handlers);
    }

    private static Set<Method> coroutineMethods(Class<?> type) {
        MethodFilter annotated = method -> has(method, Coroutine.class);
        return MethodIntrospector.selectMethods(type, annotated);
    }

    private static void check(String place, Class<?> type, Method method) {
        String reason = whyNoHandler(type, method);
        if (reason != null) {
            throw new CoroutineMisuseException(
                    place + " has no effect: " + reason, CoroutineMisuseRemedy.of(type, method));
        }
        if (has(method, Blocking.class) || has(type, Blocking.class)) {
            throw new CoroutineMisuseException(place + " is @Blocking as well, so it could not await", NOT_BLOCKING);
        }
        if (KotlinDetector.isSuspendingFunction(method)) {
            throw new CoroutineMisuseException(
                    place + " is a suspending function, which is a coroutine of Kotlin",
                    "take @Coroutine away, or make it an ordinary function");
        }
    }

    private static @Nullable String whyNoHandler(Class<?> type, Method method) {
        if (Modifier.isPrivate(method.getModifiers())) {
            return "the method is private";
        }
        if (has(method, ExceptionHandler.class)) {
            return isHandling(type) ? null : "the bean is neither controller nor advice";
        }
        if (!has(type, Controller.class)) {
            return "the bean is no controller";
        }
        return has(method, RequestMapping.class)
                        || has(method, HttpExchange.class)
                        || has(method, WebSocketMapping.class)
                ? null
                : "the method handles no requests";
    }

    private static boolean has(AnnotatedElement element, Class<? extends Annotation> annotation) {
        return AnnotatedElementUtils.hasAnnotation(element, annotation);
    }
}
