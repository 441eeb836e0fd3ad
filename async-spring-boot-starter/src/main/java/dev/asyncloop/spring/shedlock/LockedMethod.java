package dev.asyncloop.spring.shedlock;

import dev.asyncloop.spring.Periodic;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import net.javacrumbs.shedlock.spring.annotation.SchedulerLock;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/**
 * A bean's method with both {@link Periodic @Periodic} and {@link SchedulerLock @SchedulerLock}.
 * @param target the bean, behind its proxies or not
 * @param method as the bean's class declares it
 * @param beanName for messages, if it is known
 */
record LockedMethod(Object target, Method method, @Nullable String beanName) {

    static boolean is(Method method) {
        return AnnotatedElementUtils.hasAnnotation(method, SchedulerLock.class)
                && MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY).isPresent(Periodic.class);
    }

    /** Returns the bean's class, behind its proxies. */
    Class<?> type() {
        return AopProxyUtils.ultimateTargetClass(target);
    }

    /**
     * Looks at the method itself.
     * @throws SchedulerLockMisuseException if no proxy could lock it
     */
    void check() {
        int modifiers = method.getModifiers();
        if (Modifier.isFinal(modifiers) || Modifier.isStatic(modifiers)) {
            throw misuse(
                    "is on a method that is " + (Modifier.isStatic(modifiers) ? "static" : "final")
                            + ", and a proxy of the bean would not see a call of it",
                    "make it an ordinary method",
                    null);
        }
        Class<?> result = method.getReturnType();
        if (result.isPrimitive() && result != void.class) {
            throw misuse(
                    "is on a method that returns " + result + ", and a run that is left out has none to return",
                    "make it void",
                    null);
        }
    }

    SchedulerLockMisuseException misuse(String problem, String remedy, @Nullable Throwable cause) {
        String place = method.getDeclaringClass().getName() + "." + method.getName()
                + (beanName != null ? " (bean '" + beanName + "')" : "");
        return new SchedulerLockMisuseException("@SchedulerLock on " + place + " " + problem, remedy, cause);
    }
}
