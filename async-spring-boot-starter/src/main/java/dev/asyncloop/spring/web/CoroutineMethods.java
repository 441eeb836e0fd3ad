package dev.asyncloop.spring.web;

import dev.asyncloop.SwitchOn;
import dev.asyncloop.spring.Coroutine;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;

/** Finds out which methods are coroutines, and of what kind. */
final class CoroutineMethods {

    private CoroutineMethods() {}

    static boolean isCoroutine(Method method, Class<?> beanType) {
        return AnnotatedElementUtils.hasAnnotation(method, Coroutine.class)
                || AnnotatedElementUtils.hasAnnotation(beanType, Coroutine.class);
    }

    /** Returns where a coroutine gives way; {@code null} if neither the method nor its type says so. */
    static @Nullable SwitchOn switchOn(Method method, Class<?> beanType) {
        SwitchOn own = switchOn(method);
        return own != null ? own : switchOn(beanType);
    }

    private static @Nullable SwitchOn switchOn(AnnotatedElement element) {
        Coroutine annotation = AnnotatedElementUtils.findMergedAnnotation(element, Coroutine.class);
        return annotation == null
                ? null
                : switch (annotation.switchOn()) {
                    case INHERIT -> null;
                    case AWAIT -> SwitchOn.AWAIT;
                    case ANY -> SwitchOn.ANY;
                };
    }
}
