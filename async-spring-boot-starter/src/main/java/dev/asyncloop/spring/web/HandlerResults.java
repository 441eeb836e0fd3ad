package dev.asyncloop.spring.web;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.DispatchExceptionHandler;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The application's result handlers, and the exception handlers for what they can't write. */
final class HandlerResults {

    private static final String DISPATCHER = " [DispatcherHandler]";

    private final List<DispatchExceptionHandler> exceptionHandlers;

    private final List<HandlerResultHandler> resultHandlers;

    /** Makes it of what the application has, in the order in which they are asked. */
    HandlerResults(List<HandlerAdapter> adapters, List<HandlerResultHandler> resultHandlers) {
        this.exceptionHandlers = adapters.stream()
                .filter(DispatchExceptionHandler.class::isInstance)
                .map(DispatchExceptionHandler.class::cast)
                .toList();
        this.resultHandlers = List.copyOf(resultHandlers);
    }

    List<HandlerResultHandler> handlers() {
        return resultHandlers;
    }

    /** Writes what a handler returns, or what the exception handlers return for its failure. */
    Mono<Void> handle(ServerWebExchange exchange, Mono<HandlerResult> handling) {
        Mono<HandlerResult> handled = handling;
        for (DispatchExceptionHandler handler : exceptionHandlers) {
            handled = handled.onErrorResume(failure -> handler.handleError(exchange, failure));
        }
        return handled.flatMap(result -> write(exchange, result));
    }

    /** Writes a result, or what its exception handler returns if that fails. */
    Mono<Void> write(ServerWebExchange exchange, HandlerResult result) {
        return orHandled(exchange, result, write(exchange, result, description(result)));
    }

    /** Has the exception handler of a result answer, as writing it has failed. */
    Mono<Void> unwritten(ServerWebExchange exchange, HandlerResult result, Throwable failure) {
        return orHandled(exchange, result, Mono.<Void>error(failure).checkpoint(description(result)));
    }

    private Mono<Void> orHandled(ServerWebExchange exchange, HandlerResult result, Mono<Void> writing) {
        DispatchExceptionHandler handler = result.getExceptionHandler();
        return handler == null
                ? writing
                : writing.onErrorResume(failure -> handler.handleError(exchange, failure)
                        .flatMap(other -> write(exchange, other, description(other, failure))));
    }

    private static String description(HandlerResult result) {
        return "Handler " + result.getHandler() + DISPATCHER;
    }

    private static String description(HandlerResult result, Throwable failure) {
        return "Exception handler " + result.getHandler() + ", error=\"" + failure.getMessage() + "\"" + DISPATCHER;
    }

    private Mono<Void> write(ServerWebExchange exchange, HandlerResult result, String description) {
        HandlerResultHandler handler = find(result);
        return handler != null
                ? handler.handleResult(exchange, result).checkpoint(description)
                : Mono.error(new IllegalStateException("No HandlerResultHandler for " + result.getReturnValue()));
    }

    /** Returns the first that writes such a result. */
    @Nullable
    HandlerResultHandler find(HandlerResult result) {
        for (HandlerResultHandler handler : resultHandlers) {
            if (handler.supports(result)) {
                return handler;
            }
        }
        return null;
    }
}
