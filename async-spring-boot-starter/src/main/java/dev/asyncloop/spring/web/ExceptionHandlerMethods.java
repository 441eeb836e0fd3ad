package dev.asyncloop.spring.web;

import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.MediaType;
import org.springframework.util.ReflectionUtils.MethodFilter;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.method.ControllerAdviceBean;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.annotation.ExceptionHandlerMappingInfo;
import org.springframework.web.method.annotation.ExceptionHandlerMethodResolver;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.accept.RequestedContentTypeResolver;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ServerWebExchange;

/**
 * Finds the {@code @ExceptionHandler} method for a failure: the controller's own before those of advice, and in the order
 * that WebFlux's adapter asks them, which keeps its own list to itself.
 */
final class ExceptionHandlerMethods {

    private final RequestedContentTypeResolver contentTypes;

    private final Map<Class<?>, ExceptionHandlerMethodResolver> controllers = new ConcurrentHashMap<>();

    /** In the order in which they are asked. */
    private final Map<ControllerAdviceBean, ExceptionHandlerMethodResolver> advice = new LinkedHashMap<>();

    private final Map<Class<?>, Boolean> withCoroutines = new ConcurrentHashMap<>();

    ExceptionHandlerMethods(ApplicationContext context, RequestedContentTypeResolver contentTypes) {
        this.contentTypes = contentTypes;
        for (ControllerAdviceBean bean : ControllerAdviceBean.findAnnotatedBeans(context)) {
            Class<?> type = bean.getBeanType();
            if (type != null) {
                ExceptionHandlerMethodResolver methods = new ExceptionHandlerMethodResolver(type);
                if (methods.hasExceptionMappings()) {
                    advice.put(bean, methods);
                }
            }
        }
    }

    /** Whether a failure in a controller of this type may be handled by a coroutine. */
    boolean hasCoroutinesFor(Class<?> controller) {
        return withCoroutines.computeIfAbsent(
                controller, type -> declaresCoroutines(type) || hasCoroutinesInAdvice(type));
    }

    /** Whether advice may handle a failure by a coroutine; of a request without a controller, if that is null. */
    boolean hasCoroutinesInAdvice(@Nullable Class<?> controller) {
        for (ControllerAdviceBean bean : advice.keySet()) {
            Class<?> type = bean.getBeanType();
            if (type != null && bean.isApplicableToBeanType(controller) && declaresCoroutines(type)) {
                return true;
            }
        }
        return false;
    }

    private static boolean declaresCoroutines(Class<?> type) {
        MethodFilter coroutines = method -> AnnotatedElementUtils.hasAnnotation(method, ExceptionHandler.class)
                && CoroutineMethods.isCoroutine(method, type);
        return !MethodIntrospector.selectMethods(type, coroutines).isEmpty();
    }

    /**
     * Returns the method that handles a failure, or {@code null}; what it produces counts for the exchange from now on.
     * @param handler what has failed; {@code null} if there was no such method
     */
    @Nullable
    HandlerMethod find(Throwable failure, ServerWebExchange exchange, @Nullable HandlerMethod handler) {
        List<MediaType> accepted = accepted(exchange);
        if (handler != null) {
            ExceptionHandlerMethodResolver own =
                    controllers.computeIfAbsent(handler.getBeanType(), ExceptionHandlerMethodResolver::new);
            for (MediaType type : accepted) {
                Method method = method(own, failure, type, exchange);
                if (method != null) {
                    return new HandlerMethod(handler.getBean(), method);
                }
            }
        }
        Class<?> controller = handler == null ? null : handler.getBeanType();
        for (MediaType type : accepted) {
            for (Map.Entry<ControllerAdviceBean, ExceptionHandlerMethodResolver> candidate : advice.entrySet()) {
                if (candidate.getKey().isApplicableToBeanType(controller)) {
                    Method method = method(candidate.getValue(), failure, type, exchange);
                    if (method != null) {
                        return new HandlerMethod(candidate.getKey().resolveBean(), method);
                    }
                }
            }
        }
        return null;
    }

    private List<MediaType> accepted(ServerWebExchange exchange) {
        try {
            return contentTypes.resolveMediaTypes(exchange);
        } catch (NotAcceptableStatusException ex) {
            return List.of(MediaType.ALL);
        }
    }

    private static @Nullable Method method(
            ExceptionHandlerMethodResolver methods, Throwable failure, MediaType type, ServerWebExchange exchange) {
        ExceptionHandlerMappingInfo found = methods.resolveExceptionMapping(failure, type);
        if (found == null) {
            return null;
        }
        if (!found.getProducibleTypes().isEmpty()) {
            exchange.getAttributes().put(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE, found.getProducibleTypes());
        }
        return found.getHandlerMethod();
    }
}
