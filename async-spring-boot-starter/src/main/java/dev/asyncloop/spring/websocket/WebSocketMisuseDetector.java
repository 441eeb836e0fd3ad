package dev.asyncloop.spring.websocket;

import dev.asyncloop.spring.Blocking;
import dev.asyncloop.spring.WebSocketMapping;
import dev.asyncloop.spring.web.ApplicationBeans;
import dev.asyncloop.websocket.WebSocket;
import dev.asyncloop.websocket.WebSocketOptions;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.stereotype.Controller;
import org.springframework.util.ReflectionUtils.MethodFilter;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.service.annotation.HttpExchange;

/**
 * Stops the start when {@link WebSocketMapping @WebSocketMapping} stands where it would do nothing, or on a method that can't
 * serve a WebSocket. Looks at the types of the application's own beans only, and makes no bean.
 */
public final class WebSocketMisuseDetector implements SmartInitializingSingleton {

    private static final String CONTROLLER =
            "put it on a method of a @Controller or @RestController that is not private";

    private final ConfigurableListableBeanFactory beanFactory;

    /** Makes a detector for the beans of this factory. */
    public WebSocketMisuseDetector(ConfigurableListableBeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    @Override
    public void afterSingletonsInstantiated() {
        for (String name : beanFactory.getBeanNamesForType(Object.class, true, false)) {
            Class<?> type = ApplicationBeans.type(beanFactory, name);
            if (type != null) {
                MethodFilter annotated = method -> has(method, WebSocketMapping.class);
                for (Method method : MethodIntrospector.selectMethods(type, annotated)) {
                    check(place(name, type, method), type, method);
                }
            }
        }
    }

    private static String place(String beanName, Class<?> type, Method method) {
        return "@WebSocketMapping on " + type.getName() + "." + method.getName() + " (bean '" + beanName + "')";
    }

    private static void check(String place, Class<?> type, Method method) {
        if (!has(type, Controller.class)) {
            throw new WebSocketMisuseException(place + " has no effect: the bean is no controller", CONTROLLER);
        }
        if (Modifier.isPrivate(method.getModifiers())) {
            throw new WebSocketMisuseException(place + " has no effect: the method is private", CONTROLLER);
        }
        if (has(method, RequestMapping.class) || has(method, HttpExchange.class)) {
            throw new WebSocketMisuseException(
                    place + " is mapped to ordinary requests as well, which bring no WebSocket",
                    "give those a method of their own; it may have the same path");
        }
        if (has(method, Blocking.class) || has(type, Blocking.class)) {
            throw new WebSocketMisuseException(
                    place + " is @Blocking as well, so it could not await",
                    "put @Blocking on what the handler calls, or use `Async.blocking` inside it");
        }
        if (KotlinDetector.isSuspendingFunction(method)) {
            throw new WebSocketMisuseException(
                    place + " is a suspending function, which is a coroutine of Kotlin",
                    "make it an ordinary function");
        }
        checkSignature(place, method);
        checkAttributes(place, AnnotatedElementUtils.findMergedAnnotation(method, WebSocketMapping.class));
    }

    private static void checkSignature(String place, Method method) {
        List<Class<?>> parameters = List.of(method.getParameterTypes());
        long sockets =
                parameters.stream().filter(type -> type == WebSocket.class).count();
        long handshakes = parameters.stream()
                .filter(type -> type == WebSocketHandshake.class)
                .count();
        if (sockets + handshakes != 1) {
            throw new WebSocketMisuseException(
                    place + " takes " + (sockets + handshakes == 0 ? "no WebSocket" : "more than one WebSocket"),
                    "give it one parameter of type " + WebSocket.class.getName() + ", or of type "
                            + WebSocketHandshake.class.getName() + " if it is to look before it accepts");
        }
        Class<?> returned = method.getReturnType();
        if (sockets == 1 && returned != void.class || Publisher.class.isAssignableFrom(returned)) {
            throw new WebSocketMisuseException(
                    place + " returns " + returned.getSimpleName() + ", which nobody would get",
                    "let it return nothing and send what is to be sent, or wait for it with `await`");
        }
    }

    private static void checkAttributes(String place, @Nullable WebSocketMapping mapping) {
        if (mapping == null) {
            return;
        }
        try {
            WebSocketOptions.defaults().withSubprotocols(mapping.subprotocols());
            Origins.of(Arrays.asList(mapping.origins()));
        } catch (IllegalArgumentException ex) {
            throw new WebSocketMisuseException(
                    place + " can't have that value: " + ex.getMessage(), "correct the annotation");
        }
    }

    private static boolean has(AnnotatedElement element, Class<? extends Annotation> annotation) {
        return AnnotatedElementUtils.hasAnnotation(element, annotation);
    }
}
