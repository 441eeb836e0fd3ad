package dev.asyncloop.spring.web;

import java.lang.annotation.Annotation;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerAdapter;

/**
 * Any handler method, for a call by the application's {@link RequestMappingHandlerAdapter} that ends with a result also
 * when it fails: then with the failure, and no exception handler has been called.
 *
 * <p>That adapter asks the controller of a handler method twice: when it sets a call up, for binder and model methods, and
 * when the call has failed, for an {@code @ExceptionHandler}. To the second question there is one answer here.
 */
final class CatchingHandlerMethod extends HandlerMethod {

    private static final Catch CATCH = new Catch();

    private final HandlerMethod handler;

    private volatile boolean setUp;

    CatchingHandlerMethod(HandlerMethod handler) {
        super(handler);
        this.handler = handler;
    }

    /** The adapter has returned from setting the call up. */
    void isSetUp() {
        setUp = true;
    }

    /** Returns the failure that a result stands for, or {@code null} if it is what the handler has returned. */
    static @Nullable Throwable failure(HandlerResult result) {
        return result.getReturnValue() instanceof Caught caught ? caught.failure() : null;
    }

    @Override
    public Object getBean() {
        return setUp ? CATCH : handler.getBean();
    }

    @Override
    public Class<?> getBeanType() {
        return setUp ? Catch.class : handler.getBeanType();
    }

    @Override
    public boolean shouldValidateArguments() {
        return handler.shouldValidateArguments();
    }

    @Override
    public MethodParameter getReturnType() {
        return handler.getReturnType();
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
    public String toString() {
        return handler.toString();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return handler.hashCode();
    }

    private record Caught(Throwable failure) {}

    /** The controller after a failure. Public, as its method is looked up and called by reflection. */
    public static final class Catch {

        /** Keeps the failure for whoever has asked for the call. */
        @ExceptionHandler
        public Object keep(Throwable failure) {
            return new Caught(failure);
        }
    }
}
