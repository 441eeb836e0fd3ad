package dev.asyncloop;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Something that runs and will have a result: a coroutine, a fetch, a call in the executor. Tornado's {@code Future}.
 *
 * <p>A task completes only in a turn of its loop. What depends on it ({@code thenApply}, {@code whenComplete}, ...,
 * with and without {@code Async} in the name) runs as a callback of the loop: one at a time, and free to
 * {@link Async#await await}. Inside a coroutine {@link #get()} and {@link #join()} wait as {@code await} does; in a
 * foreign thread they block it. {@code get} has a failure in an {@link java.util.concurrent.ExecutionException} everywhere.
 *
 * <p>{@link #cancel cancel(false)} is cooperative: the current or next wait of the coroutine throws
 * {@link java.util.concurrent.CancellationException}, and so does every further one. {@code cancel(true)} also
 * interrupts it where it blocks in a JDK call. Both may be called by any thread and return whether the task had not
 * ended yet. {@link #isDone()} is true only when the task has really ended: a coroutine that is cancelled first runs
 * its {@code finally} blocks. A coroutine that returns normally all the same keeps its value.
 *
 * @param <T> the type of the result
 */
public interface Task<T extends @Nullable Object> extends Future<T>, CompletionStage<T> {

    /** Returns the name: as given to {@code spawn}, or made up from what the task does. */
    String name();

    /**
     * Waits for the result as {@link Async#await} does, or, in a foreign thread, blocks.
     * @throws java.util.concurrent.CancellationException if the task was cancelled
     * @throws java.util.concurrent.CompletionException in a foreign thread, around the task's failure
     */
    T join();

    /**
     * Puts a limit on this task: when it has not ended by then, it is cancelled, and the returned task fails with
     * {@link AsyncTimeoutException} at once. Measured by the loop's timers. Tornado's {@code gen.with_timeout}, which
     * leaves its future running.
     * @return a new task with this one's outcome
     */
    Task<T> orTimeout(Duration limit);

    /**
     * As {@link #orTimeout}, but with a value in place of the failure.
     * @return a new task with this one's outcome, or the given value
     */
    Task<T> completeOnTimeout(T value, Duration limit);
}
