package dev.asyncloop.spring.web;

import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Stands around a handler of functional routes as a coroutine. {@link CoroutineFunctions#coroutineFilter} makes a route's
 * filter of it.
 */
@FunctionalInterface
public interface CoroutineHandlerFilterFunction {

    /**
     * Handles a request by itself or through {@code next}, which waits for the handler's response. Runs on the loop, with
     * the request's context.
     * @throws Exception which the route's {@code onError} and {@code @ControllerAdvice} see as it was thrown
     */
    ServerResponse filter(ServerRequest request, CoroutineHandlerFunction next) throws Exception;
}
