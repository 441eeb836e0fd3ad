package dev.asyncloop.spring.web;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils.MethodFilter;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.SessionAttributes;
import org.springframework.web.bind.support.SessionStatus;
import org.springframework.web.method.ControllerAdviceBean;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * What the application's own {@link RequestMappingHandlerAdapter} does around a handler: binder methods and model before
 * it, exception handlers after it.
 *
 * <p>That adapter keeps these to itself. So it is asked to handle a {@link StandInHandlerMethod} of the same controller;
 * with the result of that it hands out all of them, made for this controller and this request. Most controllers have
 * neither binder methods nor a model: for these it is asked only when a handler has failed.
 */
final class StandardPreparation {

    private static final MethodFilter PREPARES = method -> AnnotatedElementUtils.hasAnnotation(method, InitBinder.class)
            || (AnnotatedElementUtils.hasAnnotation(method, ModelAttribute.class)
                    && !AnnotatedElementUtils.hasAnnotation(method, RequestMapping.class));

    private final RequestMappingHandlerAdapter standard;

    private final CoroutineExceptionHandlers exceptionHandlers;

    private final boolean validates;

    private final @Nullable ApplicationContext applicationContext;

    /** Whether all handlers need preparing: looked up once, when the advices can be asked. */
    private volatile @Nullable Boolean neededByAll;

    /**
     * @param validates whether handlers' arguments are validated
     * @param applicationContext where the advices are, {@code null} if they can't be looked up
     */
    StandardPreparation(
            RequestMappingHandlerAdapter standard,
            CoroutineExceptionHandlers exceptionHandlers,
            boolean validates,
            @Nullable ApplicationContext applicationContext) {
        this.standard = standard;
        this.exceptionHandlers = exceptionHandlers;
        this.validates = validates;
        this.applicationContext = applicationContext;
    }

    /** Returns whether something has to be done before a handler is called; looks at classes, so ask once. */
    boolean isNeededBy(HandlerMethod handler) {
        return isNeededByAll()
                || prepares(handler.getBeanType())
                || AnnotatedElementUtils.hasAnnotation(handler.getBeanType(), SessionAttributes.class)
                || takesSessionStatus(handler);
    }

    private boolean isNeededByAll() {
        Boolean known = neededByAll;
        if (known == null) {
            known = standard.getClass() != RequestMappingHandlerAdapter.class // does who knows what
                    || applicationContext == null
                    || anyAdvicePrepares(applicationContext);
            neededByAll = known;
        }
        return known;
    }

    private static boolean anyAdvicePrepares(ApplicationContext applicationContext) {
        List<ControllerAdviceBean> advices = ControllerAdviceBean.findAnnotatedBeans(applicationContext);
        return advices.stream().map(ControllerAdviceBean::getBeanType).anyMatch(type -> type != null && prepares(type));
    }

    private static boolean prepares(Class<?> type) {
        return !MethodIntrospector.selectMethods(ClassUtils.getUserClass(type), PREPARES)
                .isEmpty();
    }

    private static boolean takesSessionStatus(HandlerMethod handler) {
        for (MethodParameter parameter : handler.getMethodParameters()) {
            if (SessionStatus.class.isAssignableFrom(parameter.getParameterType())) {
                return true;
            }
        }
        return false;
    }

    /** Prepares a request, and goes on with what is prepared, unless an exception handler has taken it over. */
    Mono<HandlerResult> prepare(
            ServerWebExchange exchange, HandlerMethod handler, Function<HandlerResult, Mono<HandlerResult>> next) {
        return exceptionHandlers.prepare(exchange, handler, next);
    }

    /** Returns what arguments are bound with, where nothing has to be prepared. */
    BindingContext binding(HandlerMethod handler) {
        ReactiveAdapterRegistry registry = standard.getReactiveAdapterRegistry();
        BindingContext binding = new BindingContext(
                standard.getWebBindingInitializer(),
                registry != null ? registry : ReactiveAdapterRegistry.getSharedInstance());
        binding.setMethodValidationApplicable(validates && handler.shouldValidateArguments());
        return binding;
    }

    /** Has the exception handlers of the controller and the advices answer a failed request. */
    Mono<HandlerResult> handleError(ServerWebExchange exchange, HandlerMethod handler, Throwable failure) {
        return prepare(
                exchange,
                handler,
                prepared ->
                        Objects.requireNonNull(prepared.getExceptionHandler()).handleError(exchange, failure));
    }
}
