package dev.asyncloop.spring.web;

import dev.asyncloop.spring.web.stream.EventStream;
import dev.asyncloop.spring.web.stream.RequestStream;
import dev.asyncloop.spring.web.stream.ResponseStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpEntity;
import org.springframework.util.ReflectionUtils.MethodFilter;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.service.annotation.HttpExchange;

/** Stops the start when a method takes streams of which nothing can come. */
final class StreamMisuse {

    private static final List<Class<?>> ANSWERS = List.of(EventStream.class, ResponseStream.class);

    private static final List<Class<? extends Annotation>> CALLED = List.of(
            RequestMapping.class, HttpExchange.class, ExceptionHandler.class, ModelAttribute.class, InitBinder.class);

    private static final List<Class<? extends Annotation>> BODIES =
            List.of(RequestBody.class, RequestPart.class, ModelAttribute.class);

    private StreamMisuse() {}

    static void check(String beanName, Class<?> type) {
        MethodFilter streaming = method -> takesStream(method)
                && CALLED.stream().anyMatch(annotation -> AnnotatedElementUtils.hasAnnotation(method, annotation));
        for (Method method : MethodIntrospector.selectMethods(type, streaming)) {
            check(type.getName() + "." + method.getName() + " (bean '" + beanName + "')", type, method);
        }
    }

    private static boolean takesStream(Method method) {
        return answers(method).findAny().isPresent() || requests(method) > 0;
    }

    private static Stream<Class<?>> answers(Method method) {
        return Arrays.stream(method.getParameterTypes()).filter(ANSWERS::contains);
    }

    private static long requests(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .filter(type -> type == RequestStream.class)
                .count();
    }

    private static void check(String place, Class<?> type, Method method) {
        List<Class<?>> answers = answers(method).toList();
        String stream = answers.isEmpty()
                ? RequestStream.class.getSimpleName()
                : answers.getFirst().getSimpleName();
        if (!AnnotatedElementUtils.hasAnnotation(method, RequestMapping.class)
                && !AnnotatedElementUtils.hasAnnotation(method, HttpExchange.class)) {
            throw new CoroutineMisuseException(
                    place + " takes a " + stream + " but handles no requests",
                    "take it in a @RequestMapping method that is a @Coroutine");
        }
        if (!CoroutineMethods.isCoroutine(method, type)) {
            throw new CoroutineMisuseException(
                    place + " takes a " + stream + " but is no coroutine", "put @Coroutine on the method or its class");
        }
        if (answers.size() > 1) {
            throw new CoroutineMisuseException(
                    place + " takes two streams for its answer, but a request has one answer",
                    "take one EventStream or one ResponseStream");
        }
        if (!answers.isEmpty() && !returnsNothing(method)) {
            throw new CoroutineMisuseException(
                    place + " returns " + method.getGenericReturnType().getTypeName() + " beside its " + stream
                            + ", but what it sends is the answer",
                    "let it return void and send everything, or return everything and take no " + stream);
        }
        String other = otherReader(method);
        if (other != null) {
            throw new CoroutineMisuseException(
                    place + " takes a RequestStream and " + other + ", but a body is read once",
                    "take one of them; the values of a form come out of `RequestStream.parts()`");
        }
    }

    private static boolean returnsNothing(Method method) {
        Class<?> type = method.getReturnType();
        return type == void.class
                || type == Void.class
                || CompletionStage.class.isAssignableFrom(type)
                        && ResolvableType.forMethodReturnType(method)
                                        .as(CompletionStage.class)
                                        .getGeneric(0)
                                        .resolve()
                                == Void.class;
    }

    /** Returns what else would read the body, if anything. */
    private static @Nullable String otherReader(Method method) {
        long requests = requests(method);
        if (requests == 0) {
            return null;
        }
        if (requests > 1) {
            return "another one";
        }
        for (Parameter parameter : method.getParameters()) {
            for (Class<? extends Annotation> body : BODIES) {
                if (AnnotatedElementUtils.hasAnnotation(parameter, body)) {
                    return "a @" + body.getSimpleName();
                }
            }
            if (HttpEntity.class.isAssignableFrom(parameter.getType())) {
                return "a " + parameter.getType().getSimpleName();
            }
        }
        return null;
    }
}
