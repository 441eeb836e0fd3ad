package dev.asyncloop.spring.web;

import java.util.List;
import org.springframework.context.ApplicationContext;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Completes the Reactor context that a coroutine starts with. What stands there under the key of a
 * {@code ThreadLocalAccessor} is in that thread local in the coroutine, its children and its executor calls.
 *
 * <p>Beans of this type are applied to every coroutine that a request starts, in their order. They
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

    /** Returns that of the application that a request has come to; one that adds nothing if it belongs to none. */
    static CoroutineContext of(ServerWebExchange exchange) {
        ApplicationContext application = exchange.getApplicationContext();
        CoroutineHandlerAdapter adapter = application != null
                ? application.getBeanProvider(CoroutineHandlerAdapter.class).getIfAvailable()
                : null;
        return adapter != null ? adapter.context() : all(List.of());
    }
}
