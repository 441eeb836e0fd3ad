package dev.asyncloop.spring.web;

import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Completes the Reactor context that a coroutine starts with. What stands there under the key of a
 * {@code ThreadLocalAccessor} is in that thread local in the coroutine, its children and its executor calls.
 *
 * <p>Beans of this type are applied to every {@link dev.asyncloop.spring.Coroutine @Coroutine} handler, in their order. They
 * are called on the request's thread, before the coroutine stands in line, and must not block.
 */
public interface CoroutineContext {

    /** Returns the start of a coroutine with more in its context; or {@code start} itself, if there is nothing to add. */
    <T> Mono<T> complete(Mono<T> start);

    /** Returns all of these as one. */
    static CoroutineContext all(List<CoroutineContext> contexts) {
        List<CoroutineContext> all = List.copyOf(contexts);
        return new CoroutineContext() {
            @Override
            public <T> Mono<T> complete(Mono<T> start) {
                Mono<T> completed = start;
                for (CoroutineContext context : all) {
                    completed = context.complete(completed);
                }
                return completed;
            }
        };
    }
}
