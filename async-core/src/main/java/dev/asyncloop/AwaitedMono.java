package dev.asyncloop;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** Ends a coroutine's wait with the outcome of a {@code Mono}. */
final class AwaitedMono<T> extends BaseSubscriber<T> {

    private final Wait<@Nullable T> wait;

    private final Context context;

    private @Nullable T value;

    AwaitedMono(Wait<@Nullable T> wait, ContextView context) {
        this.wait = wait;
        this.context = Context.of(context);
    }

    /** The context comes from an operator: that also sets the thread locals, if Reactor is to do so. */
    void subscribeTo(Mono<T> mono) {
        try {
            mono.contextWrite(given -> context).subscribe(this);
        } catch (Throwable ex) { // what Reactor does not turn into a signal
            wait.settled(null, ex);
        }
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    protected void hookOnNext(T value) {
        this.value = value;
    }

    @Override
    protected void hookOnComplete() {
        wait.settled(value, null);
    }

    @Override
    protected void hookOnError(Throwable failure) {
        wait.settled(null, failure);
    }
}
