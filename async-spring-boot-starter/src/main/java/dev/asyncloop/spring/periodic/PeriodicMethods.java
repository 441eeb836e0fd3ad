package dev.asyncloop.spring.periodic;

import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.Periodics;
import dev.asyncloop.spring.beans.OwnAnnotations;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;

/** Finds the annotated methods of classes, and remembers the classes without. */
final class PeriodicMethods {

    private static final MetadataLookup<Set<Periodic>> ANNOTATIONS = method -> {
        Set<Periodic> all =
                AnnotatedElementUtils.getMergedRepeatableAnnotations(method, Periodic.class, Periodics.class);
        return all.isEmpty() ? null : all;
    };

    private final Set<Class<?>> without = ConcurrentHashMap.newKeySet(64);

    /** Returns the methods with their annotations, in the order in which they stand. */
    Map<Method, Set<Periodic>> of(Class<?> type) {
        if (!OwnAnnotations.mayBeOn(type)
                || without.contains(type)
                || !AnnotationUtils.isCandidateClass(type, List.of(Periodic.class, Periodics.class))) {
            return Map.of();
        }
        Map<Method, Set<Periodic>> found = MethodIntrospector.selectMethods(type, ANNOTATIONS);
        if (found.isEmpty()) {
            without.add(type);
        }
        return found;
    }
}
