package dev.asyncloop.spring.web;

import dev.asyncloop.IOLoop;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.HandlerFilterFunction;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Coroutines as functional routes: {@code route().GET("/x", coroutine(request -> ...))}, for static imports. Each request
 * runs as a coroutine of the application's loop, named after its route, and a client that goes away cancels it. The
 * methods may be called by any thread.
 */
public final class CoroutineFunctions {

    private static final String REMEDY = "give the loop: `coroutine(loop, ..)`";

    private CoroutineFunctions() {}

    /** Returns a handler that runs as a coroutine of the application's loop. */
    public static HandlerFunction<ServerResponse> coroutine(CoroutineHandlerFunction function) {
        return request -> handle(loop(request), request, function);
    }

    /** Returns a handler that runs as a coroutine of this loop: for routes outside of an application, as in a test. */
    public static HandlerFunction<ServerResponse> coroutine(IOLoop loop, CoroutineHandlerFunction function) {
        return request -> handle(loop, request, function);
    }

    /** Returns a filter of routes that runs as a coroutine of the application's loop, around a handler of any kind. */
    public static HandlerFilterFunction<ServerResponse, ServerResponse> coroutineFilter(
            CoroutineHandlerFilterFunction filter) {
        return (request, next) -> filter(loop(request), request, filter, next);
    }

    /** Returns a filter of routes that runs as a coroutine of this loop. */
    public static HandlerFilterFunction<ServerResponse, ServerResponse> coroutineFilter(
            IOLoop loop, CoroutineHandlerFilterFunction filter) {
        return (request, next) -> filter(loop, request, filter, next);
    }

    private static IOLoop loop(ServerRequest request) {
        return LoopOfExchange.of(request.exchange(), "A coroutine as a functional route", REMEDY);
    }

    private static Mono<ServerResponse> handle(IOLoop loop, ServerRequest request, CoroutineHandlerFunction function) {
        Mono<ServerResponse> handling =
                loop.mono(name(request), () -> required(function.handle(request), "handler", request));
        return CoroutineContext.of(request.exchange())
                .complete(handling)
                .onErrorMap(failure -> WebFailures.asWebError(failure, loop));
    }

    private static Mono<ServerResponse> filter(
            IOLoop loop,
            ServerRequest request,
            CoroutineHandlerFilterFunction filter,
            HandlerFunction<ServerResponse> next) {
        CoroutineHandlerFunction plainly =
                passed -> required(PlainAwait.await(Mono.defer(() -> next.handle(passed))), "handler", passed);
        Mono<ServerResponse> filtering = loop.mono(
                "filter of " + name(request), () -> required(filter.filter(request, plainly), "filter", request));
        return CoroutineContext.of(request.exchange())
                .complete(filtering)
                .onErrorMap(failure -> WebFailures.asWebError(failure, loop));
    }

    private static ServerResponse required(@Nullable ServerResponse response, String who, ServerRequest request) {
        return Objects.requireNonNull(
                response,
                () -> "The " + who + " of " + name(request) + " has returned no response; return one, such as"
                        + " `await(ServerResponse.noContent().build())`");
    }

    private static String name(ServerRequest request) {
        Object pattern = request.attributes().get(RouterFunctions.MATCHING_PATTERN_ATTRIBUTE);
        ServerWebExchange exchange = request.exchange();
        return request.method() + " "
                + (pattern != null ? pattern : exchange.getRequest().getPath());
    }
}
