package dev.asyncloop.spring.web;

import java.lang.reflect.Method;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;

/** What to do instead, where {@link dev.asyncloop.spring.Coroutine @Coroutine} can have no effect. */
final class CoroutineMisuseRemedy {

    private static final String HANDLER =
            "put it on a @RequestMapping method of a @Controller or @RestController, or on an"
                    + " @ExceptionHandler of that or of a @ControllerAdvice; elsewhere start a coroutine with `IOLoop.spawn` or"
                    + " `Async.spawn`, or call the method from one as it is";

    private static final String FILTER = "a filter that may await implements CoroutineWebFilter";

    private static final String ROUTE =
            "a functional route that may await is made by `CoroutineFunctions.coroutine(request" + " -> ..)`";

    private static final String MODEL =
            "a method for the model or the binder runs before the handler's coroutine; let it"
                    + " return `loop.mono(name, body)`, or do the work in the handler";

    private static final String FUNCTIONS = "org.springframework.web.reactive.function.server.";

    private CoroutineMisuseRemedy() {}

    static String of(Class<?> type) {
        if (isA(type, "org.springframework.web.server.WebFilter")) {
            return FILTER;
        }
        return isRoute(type) ? ROUTE : HANDLER;
    }

    static String of(Class<?> type, Method method) {
        if (AnnotatedElementUtils.hasAnnotation(method, ModelAttribute.class)
                || AnnotatedElementUtils.hasAnnotation(method, InitBinder.class)) {
            return MODEL;
        }
        if (isA(method.getReturnType(), "org.springframework.web.server.WebFilter")) {
            return FILTER;
        }
        return isRoute(method.getReturnType()) ? ROUTE : of(type);
    }

    private static boolean isRoute(Class<?> type) {
        return isA(type, FUNCTIONS + "HandlerFunction")
                || isA(type, FUNCTIONS + "RouterFunction")
                || isA(type, FUNCTIONS + "HandlerFilterFunction");
    }

    /** By name: an application without a web server has no such classes. */
    private static boolean isA(Class<?> type, String name) {
        return ClassUtils.getAllInterfacesForClassAsSet(type).stream()
                        .anyMatch(candidate -> candidate.getName().equals(name))
                || type.getName().equals(name);
    }
}
