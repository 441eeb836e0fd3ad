package dev.asyncloop.spring.web;

import dev.asyncloop.spring.Coroutine;
import java.lang.reflect.Method;
import org.springframework.core.annotation.AnnotatedElementUtils;

/** Finds out which methods are coroutines. */
final class CoroutineMethods {

    private CoroutineMethods() {}

    static boolean isCoroutine(Method method, Class<?> beanType) {
        return AnnotatedElementUtils.hasAnnotation(method, Coroutine.class)
                || AnnotatedElementUtils.hasAnnotation(beanType, Coroutine.class);
    }
}
