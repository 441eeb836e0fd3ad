package dev.asyncloop;

import java.util.Arrays;
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

    /** Adds a later failure to the one that is going to be thrown, unless that can't be altered or has it already. */
    static void suppress(Throwable thrown, Throwable later) {
        boolean known = later == thrown || Arrays.asList(thrown.getSuppressed()).contains(later);
        if (!known && thrown.getStackTrace().length > 0) {
            thrown.addSuppressed(later);
        }
    }
}
