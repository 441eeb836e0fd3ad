package dev.asyncloop.spring.web;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerAdapter;
import reactor.core.publisher.Mono;

/**
 * Stands in for a coroutine handler while the application's own {@link RequestMappingHandlerAdapter} prepares a request:
 * it belongs to the same controller, takes nothing and does nothing.
 *
 * <p>That adapter copies from a handler method what it invokes, and asks it for the controller whose binder and model
 * methods count. So the copy does nothing, and all else is as for the handler itself; but for its parameters, which
 * {@link SessionAttributeParameters} looks at, and for failures, which {@link CatchingHandlerMethod} keeps.
 */
final class StandInHandlerMethod extends HandlerMethod {

    /** Never subscribed to. A {@code Mono}, so that the adapter does not move the call to an executor for blocking handlers. */
    private static final Mono<Object> PREPARED = Mono.never();

    private static final Method PREPARE = ClassUtils.getMethod(Nothing.class, "prepare");

    private static final HandlerMethod NOTHING = new HandlerMethod(new Nothing(), PREPARE);

    private final HandlerMethod handler;

    StandInHandlerMethod(HandlerMethod handler) {
        super(NOTHING);
        this.handler = handler;
    }

    @Override
    public Object getBean() {
        return handler.getBean();
    }

    @Override
    public Class<?> getBeanType() {
        return handler.getBeanType();
    }

    @Override
    public boolean shouldValidateArguments() {
        return handler.shouldValidateArguments();
    }

    @Override
    public HandlerMethod createWithResolvedBean() {
        return this;
    }

    @Override
    public <A extends Annotation> @Nullable A getMethodAnnotation(Class<A> annotationType) {
        return handler.getMethodAnnotation(annotationType);
    }

    @Override
    public <A extends Annotation> boolean hasMethodAnnotation(Class<A> annotationType) {
        return handler.hasMethodAnnotation(annotationType);
    }

    @Override
    public MethodParameter getReturnValueType(@Nullable Object returnValue) {
        return handler.getReturnValueType(returnValue);
    }

    @Override
    public String getShortLogMessage() {
        return handler.getShortLogMessage();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof StandInHandlerMethod standIn && handler.equals(standIn.handler));
    }

    @Override
    public int hashCode() {
        return handler.hashCode();
    }

    @Override
    public String toString() {
        return handler.toString();
    }

    /** The bean that the adapter invokes. Public, as its method is looked up and called by reflection. */
    public static final class Nothing {

        /** Does nothing. */
        public Mono<Object> prepare() {
            return PREPARED;
        }
    }
}
