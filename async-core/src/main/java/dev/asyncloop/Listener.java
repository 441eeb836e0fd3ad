package dev.asyncloop;

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

    /**
     * Hands the outcome over, at once and short. Called by whoever completes the stage; of a task, with its loop's turn.
     * @return whether somebody gets to know it
     */
    abstract boolean settled(@Nullable T value, @Nullable Throwable failure);

    /** Has the outcome handed over, at once if the stage is done. Any thread. */
    static <T extends @Nullable Object> void listen(CompletionStage<? extends T> stage, Listener<T> listener) {
        if (stage instanceof LoopTask<? extends T> task) {
            task.listen(listener);
        } else {
            stage.whenComplete(listener::settled);
        }
    }

    /** Has no outcome handed over any more, and lets go of the listener where the stage can do that. Any thread. */
    static <T extends @Nullable Object> void forget(CompletionStage<? extends T> stage, Listener<T> listener) {
        if (stage instanceof LoopTask<? extends T> task) {
            task.forget(listener);
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
