package dev.asyncloop;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * How failures travel from where they happen to who awaits them.
 */
final class Failures {

    private Failures() {}

    /** Takes off what {@code CompletableFuture} wraps around a failure on its way. */
    static Throwable unwrap(Throwable failure) {
        Throwable cause = failure.getCause();
        return (failure instanceof CompletionException || failure instanceof ExecutionException) && cause != null
                ? cause
                : failure;
    }

    /** Returns a stage's failure, unwrapped, as {@link #unchecked}. */
    static RuntimeException toThrow(Throwable failure) {
        return unchecked(unwrap(failure));
    }

    /** Returns the unchecked exception itself, or a checked one inside a {@link CompletionException}. */
    static RuntimeException unchecked(Throwable failure) {
        if (failure instanceof RuntimeException unchecked) {
            return unchecked;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return new CompletionException(failure);
    }

    /** Returns a cancellation to be thrown here, caused by the one that came from there. */
    static CancellationException cancelledHere(CancellationException cause) {
        CancellationException here = new CancellationException(cause.getMessage());
        here.initCause(cause);
        return here;
    }

    static boolean isCancellation(@Nullable Throwable failure) {
        return failure != null && unwrap(failure) instanceof CancellationException;
    }

    /**
     * Adds where a failure was awaited, below where it happened: once, and not to an exception without a stack, which
     * is likely to be shared by many.
     */
    static void addAwaitedAt(Throwable failure, String task) {
        if (failure.getStackTrace().length < 2) {
            return;
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            if (suppressed instanceof AwaitedAt) {
                return;
            }
        }
        failure.addSuppressed(new AwaitedAt(task));
    }

    /** Not an error: the stack of the coroutine that awaited one. */
    private static final class AwaitedAt extends Exception {

        private static final long serialVersionUID = 1L;

        AwaitedAt(String task) {
            super("task '" + task + "' was awaited here");
        }

        @Override
        public String toString() {
            return "(awaited) " + super.getMessage();
        }
    }
}
