package dev.asyncloop.spring.shedlock;

import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.spring.annotation.LockProviderToUse;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.core.annotation.AnnotationUtils;

/** Finds the lock provider of a method as ShedLock does. */
final class LockProviders {

    private final BeanFactory beanFactory;

    LockProviders(BeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    LockProvider of(LockedMethod method) {
        String name = chosen(method);
        try {
            return name != null
                    ? beanFactory.getBean(name, LockProvider.class)
                    : beanFactory.getBean(LockProvider.class);
        } catch (NoUniqueBeanDefinitionException ex) {
            throw method.misuse(
                    "has several LockProvider beans to choose from: " + ex.getBeanNamesFound(),
                    "name one with @LockProviderToUse, or make one @Primary",
                    ex);
        } catch (NoSuchBeanDefinitionException | BeanNotOfRequiredTypeException ex) {
            throw method.misuse(
                    name != null ? "has no LockProvider bean '" + name + "'" : "has no LockProvider bean",
                    name != null
                            ? "correct @LockProviderToUse"
                            : "declare one, over a database that all instances share: a JdbcTemplateLockProvider for"
                                    + " example",
                    ex);
        }
    }

    /** On the method, the class or the package. */
    private static @Nullable String chosen(LockedMethod method) {
        LockProviderToUse annotation = AnnotationUtils.findAnnotation(method.method(), LockProviderToUse.class);
        if (annotation == null) {
            annotation = AnnotationUtils.findAnnotation(method.type(), LockProviderToUse.class);
        }
        if (annotation == null) {
            annotation = method.method().getDeclaringClass().getPackage().getAnnotation(LockProviderToUse.class);
        }
        return annotation != null ? annotation.value() : null;
    }
}
