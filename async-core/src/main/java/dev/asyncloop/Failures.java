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
        if (failure instanceof CompletionException || failure instanceof ExecutionException) {
            Throwable cause = causeOf(failure);
            return cause != null ? cause : failure;
        }
        return failure;
    }

    private static @Nullable Throwable causeOf(Throwable failure) {
        try {
            return failure.getCause();
        } catch (Throwable ex) { // of the failure's own method
            return null;
        }
    }

    /** Says what a failure is, even if its own methods fail. */
    static String describe(Throwable failure) {
        try {
            return failure.toString();
        } catch (Throwable ex) { // a message that refers to itself ends in a StackOverflowError
            return failure.getClass().getName();
        }
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
     * Adds a later failure to the one that is going to be thrown. An exception that others may throw, too, is not altered.
     * @return whether the later one is known with the first
     */
    static boolean suppress(Throwable thrown, Throwable later) {
        Throwable cause = unwrap(later);
        if (later == thrown
                || cause == unwrap(thrown)) { // a future throws one and the same CompletionException each time
            return true;
        }
        Throwable[] known = thrown.getSuppressed();
        for (Throwable suppressed : known) {
            if (unwrap(suppressed) == cause) {
                return true;
            }
        }
        if (mayBeShared(thrown)) {
            return false;
        }
        thrown.addSuppressed(later);
        return thrown.getSuppressed().length > known.length;
    }

    /** One without frames may be thrown again and again, and so may one that was made with its class. */
    private static boolean mayBeShared(Throwable failure) {
        try {
            StackTraceElement[] frames = failure.getStackTrace();
            return frames.length == 0
                    || Arrays.stream(frames)
                            .anyMatch(frame -> frame.getMethodName().equals("<clinit>"));
        } catch (Throwable ex) { // of the failure's own method
            return true;
        }
    }
}
