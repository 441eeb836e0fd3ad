package dev.asyncloop;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What stands between a task and one dependent: {@link CompletableFuture} serves its dependents last in, first out; the
 * task serves its relays in their order.
 */
final class Relay<T extends @Nullable Object> extends CompletableFuture<T> {

    private final DefaultIOLoop loop;

    Relay(DefaultIOLoop loop) {
        this.loop = loop;
    }

    @SuppressWarnings("NullAway") // null is a value where T allows it
    void pass(@Nullable T value, @Nullable Throwable failure) {
        if (failure == null) {
            complete(value);
        } else {
            completeExceptionally(failure);
        }
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return Dependent.of(loop);
    }
}
