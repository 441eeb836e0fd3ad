package dev.asyncloop.spring.periodic;

import dev.asyncloop.spring.Periodic;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;

/** Finds the annotated methods of classes, and remembers the classes without. */
final class PeriodicMethods {

    private static final MetadataLookup<Periodic> ANNOTATION =
            method -> AnnotatedElementUtils.getMergedAnnotation(method, Periodic.class);

    private final Set<Class<?>> without = ConcurrentHashMap.newKeySet(64);

    Map<Method, Periodic> of(Class<?> type) {
        if (without.contains(type) || !AnnotationUtils.isCandidateClass(type, Periodic.class)) {
            return Map.of();
        }
        Map<Method, Periodic> found = MethodIntrospector.selectMethods(type, ANNOTATION);
        if (found.isEmpty()) {
            without.add(type);
        }
        return found;
    }
}
