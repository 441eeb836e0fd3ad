package dev.asyncloop;

import org.jspecify.annotations.Nullable;

/**
 * Watches the calls of a {@link PeriodicCallback}, for metrics and traces. The starter brings one that makes Spring's
 * {@code tasks.scheduled.execution} observations.
 *
 * <p>What it throws is logged and has no influence on the call.
 */
@FunctionalInterface
public interface PeriodicObserver {

    /** Watches nothing. */
    PeriodicObserver NONE = () -> (run, failure) -> {};

    /** Called by the coroutine of a call before its body, so that thread locals that are set here are the body's. */
    Running begin();

    /** What becomes of one call. */
    @FunctionalInterface
    interface Running {

        /**
         * Called once at the end, by the same coroutine.
         * @param failure what the body has thrown, or an {@link AsyncTimeoutException}; null if it has returned
         */
        void ended(PeriodicRun run, @Nullable Throwable failure);
    }
}
