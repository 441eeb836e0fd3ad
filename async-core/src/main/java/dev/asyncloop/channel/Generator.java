package dev.asyncloop.channel;

import dev.asyncloop.IOLoop;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.util.context.Context;

/**
 * A coroutine as a {@code Flux}: it sends items one after the other and is held back by what the subscriber asks for.
 *
 * <pre>{@code
 * Flux<Quote> quotes = Generator.flux(loop, "quotes", out -> {
 *     for (String symbol : symbols) {
 *         out.send(await(http.fetch(url(symbol))).body(Quote.class));
 *     }
 * });
 * }</pre>
 *
 * @param <T> the type of the items
 */
@FunctionalInterface
public interface Generator<T> {

    /** Sends what there is; when it returns, the {@code Flux} completes, and when it throws, that fails. */
    void run(Emitter<T> out) throws Exception;

    /**
     * Returns a generator as a {@code Flux}. Each subscription spawns a coroutine of its own, owned by the loop, with the
     * subscriber's context; cancelling the subscription cancels it. Signals are given on the loop's event loop, one at a
     * time, and no more items than were asked for. Any thread.
     * @param name of the coroutines
     */
    static <T> Flux<T> flux(IOLoop loop, String name, Generator<T> generator) {
        // Ignoring the sink's own buffers: an item is given to it only when it was asked for.
        return Flux.create(
                sink -> {
                    SinkEmitter<T> emitter = new SinkEmitter<>(loop, name, sink);
                    sink.onRequest(count -> emitter.demandHasChanged());
                    Disposable coroutine = loop.mono(name, () -> emitter.run(generator))
                            .subscribe(none -> {}, sink::error, sink::complete, Context.of(sink.contextView()));
                    sink.onDispose(() -> {
                        coroutine.dispose();
                        emitter.demandHasChanged();
                    });
                },
                FluxSink.OverflowStrategy.IGNORE);
    }
}
