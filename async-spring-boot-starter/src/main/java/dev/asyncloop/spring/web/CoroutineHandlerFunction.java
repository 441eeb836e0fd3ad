package dev.asyncloop.spring.web;

import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Handles a request of a functional route as a coroutine: {@code await} where it waits, and return the response.
 * {@link CoroutineFunctions#coroutine} makes a route's handler of it.
 */
@FunctionalInterface
public interface CoroutineHandlerFunction {

    /**
     * Handles a request. Runs on the loop, with the request's context.
     * @throws Exception which the route's {@code onError} and {@code @ControllerAdvice} see as it was thrown
     */
    ServerResponse handle(ServerRequest request) throws Exception;
}
