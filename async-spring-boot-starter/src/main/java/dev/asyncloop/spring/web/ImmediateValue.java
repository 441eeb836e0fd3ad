package dev.asyncloop.spring.web;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/** Takes the value of a {@code Mono} that has it at once, without operators around it. */
final class ImmediateValue implements CoreSubscriber<Object> {

    private @Nullable Object value;

    private @Nullable Throwable failure;

    private boolean ended;

    private ImmediateValue() {}

    /**
     * Returns the value, or {@code null} if there is none.
     * @throws Exception the failure of {@code mono}
     */
    static @Nullable Object of(Mono<Object> mono) throws Exception {
        ImmediateValue subscriber = new ImmediateValue();
        mono.subscribe(subscriber);
        return subscriber.get();
    }

    private @Nullable Object get() throws Exception {
        if (failure instanceof Exception exception) {
            throw exception;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (!ended) {
            throw new IllegalStateException(
                    "A SyncHandlerMethodArgumentResolver has resolved its argument to a Mono that"
                            + " has no value yet; let it implement HandlerMethodArgumentResolver only");
        }
        return value;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Object next) {
        value = next;
    }

    @Override
    public void onError(Throwable error) {
        failure = error;
        ended = true;
    }

    @Override
    public void onComplete() {
        ended = true;
    }
}
