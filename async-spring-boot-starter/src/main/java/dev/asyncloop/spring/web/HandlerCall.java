package dev.asyncloop.spring.web;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.HandlerResult;

/** A handler method with its arguments, ready to be called. Refers to nothing of the request but those. */
public final class HandlerCall {

    private final HandlerMethod handler;

    private final Method method;

    private final @Nullable Object[] arguments;

    HandlerCall(HandlerMethod handler, Method method, @Nullable Object[] arguments) {
        this.handler = handler;
        this.method = method;
        this.arguments = arguments;
    }

    /** Puts an argument in the place of the one that was resolved. */
    public void setArgument(int index, Object value) {
        arguments[index] = value;
    }

    /**
     * Calls the method.
     * @throws Exception what it throws
     */
    public @Nullable Object invoke() throws Exception {
        try {
            return method.invoke(handler.getBean(), arguments);
        } catch (InvocationTargetException ex) {
            if (ex.getTargetException() instanceof Exception exception) {
                throw exception;
            }
            if (ex.getTargetException() instanceof Error error) {
                throw error;
            }
            throw ex;
        }
    }

    /** Returns what the method has returned as WebFlux wants it. */
    public HandlerResult result(Object value) {
        return new HandlerResult(handler, value, handler.getReturnType(), new BindingContext());
    }
}
