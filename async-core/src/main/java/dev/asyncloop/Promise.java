package dev.asyncloop;

import org.jspecify.annotations.Nullable;

/**
 * The writing side of a {@link Task} that is completed by hand: the bridge from callback APIs to {@code await}. Made
 * by {@link IOLoop#promise}; belongs to the coroutine that made it, and is cancelled with it. Tornado's
 * {@code Future} with {@code set_result}.
 *
 * <p>All methods may be called by any thread; the first completion counts. The task itself then completes in a turn
 * of its loop.
 *
 * @param <T> the type of the result
 */
public interface Promise<T extends @Nullable Object> {

    /** Returns the task that this promise completes. */
    Task<T> task();

    /**
     * Completes the task with a value.
     * @return whether this call has decided the outcome
     */
    boolean succeed(T value);

    /**
     * Completes the task with a failure.
     * @return whether this call has decided the outcome
     */
    boolean fail(Throwable failure);

    /**
     * Sets what frees the resources behind the task when it is cancelled; called at most once, by the thread that
     * cancels, and at once if the task is cancelled already.
     */
    void onCancel(Runnable action);
}
