package dev.asyncloop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Somebody of the loop's own who waits for a stage, and can be forgotten: a link in the list of those who wait for a
 * task. Used once, for one stage.
 */
abstract class Listener<T extends @Nullable Object> {

    @Nullable
    Listener<?> previousListener;

    @Nullable
    Listener<?> nextListener;

    /** Completed to be forgotten by a future that is no task. */
    private @Nullable CompletableFuture<@Nullable Void> forgotten;

    /**
     * Hands the outcome over, at once and short. Called by whoever completes the stage; of a task, with its loop's turn.
     * @return whether somebody gets to know it
     */
    abstract boolean settled(@Nullable T value, @Nullable Throwable failure);

    /** Has the outcome handed over, at once if the stage is done. Any thread. */
    static <T extends @Nullable Object> void listen(CompletionStage<? extends T> stage, Listener<T> listener) {
        if (stage instanceof LoopTask<? extends T> task) {
            task.listen(listener);
        } else if (stage instanceof CompletableFuture<? extends T> future) {
            listenUntilForgotten(future, listener);
        } else {
            stage.whenComplete(listener::settled);
        }
    }

    /**
     * A future keeps whatever depends on it until it ends, which may be never. What {@code anyOf} puts there is let go as
     * soon as another one has won.
     */
    private static <T extends @Nullable Object> void listenUntilForgotten(
            CompletableFuture<? extends T> future, Listener<T> listener) {
        CompletableFuture<@Nullable Void> forgotten = new CompletableFuture<>();
        listener.forgotten = forgotten;
        CompletableFuture.anyOf(future, forgotten).whenComplete((value, failure) -> {
            if (!forgotten.isDone()) {
                listener.settledNow(future);
            }
        });
    }

    /** The future has ended: it calls back at once, and with the failure as it is. */
    private void settledNow(CompletableFuture<? extends T> future) {
        try {
            future.whenComplete(this::settled);
        } catch (Throwable ex) { // of a future of somebody else's kind
            settled(null, ex);
        }
    }

    /** Has no outcome handed over any more, and lets go of the listener where the stage can do that. By who listened. */
    static <T extends @Nullable Object> void forget(CompletionStage<? extends T> stage, Listener<T> listener) {
        if (stage instanceof LoopTask<? extends T> task) {
            task.forget(listener);
        } else if (listener.forgotten != null) {
            listener.forgotten.complete(null);
        }
    }

    /** Has the outcome handed over to code that gets to know it whatever comes. Any thread. */
    static <T extends @Nullable Object> void listen(
            CompletionStage<? extends T> stage, BiConsumer<? super @Nullable T, ? super @Nullable Throwable> code) {
        listen(stage, new Listener<T>() {
            @Override
            boolean settled(@Nullable T value, @Nullable Throwable failure) {
                code.accept(value, failure);
                return true;
            }
        });
    }
}
