package dev.asyncloop.spring.web;

import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.DispatchExceptionHandler;
import org.springframework.web.reactive.HandlerResult;

/**
 * What a coroutine handler has returned.
 * @param onError answers the request if this can't be written
 */
record Returned(
        CoroutineHandlerMethod handler,
        @Nullable Object value,
        BindingContext binding,
        DispatchExceptionHandler onError) {

    /** Returns another value in its place. */
    Returned with(Object other) {
        return new Returned(handler, other, binding, onError);
    }

    /** Returns the same as WebFlux wants it. */
    HandlerResult asResult() {
        return new HandlerResult(handler, value, handler.getReturnType(), binding).setExceptionHandler(onError);
    }
}
