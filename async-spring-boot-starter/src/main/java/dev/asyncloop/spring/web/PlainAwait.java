package dev.asyncloop.spring.web;

import dev.asyncloop.Async;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

/** Waits for other code of the request as if it were called: what it throws comes out as it is, checked or not. */
final class PlainAwait {

    private PlainAwait() {}

    static <T> @Nullable T await(Mono<T> mono) throws Exception {
        Signal<T> end = Async.await(mono.materialize());
        if (end == null) {
            return null;
        }
        Throwable failure = end.getThrowable();
        if (failure instanceof Exception exception) {
            throw exception;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return end.get();
    }
}
