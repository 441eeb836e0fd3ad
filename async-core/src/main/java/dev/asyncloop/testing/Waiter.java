package dev.asyncloop.testing;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A thread that blocks until a coroutine has ended, and is told if that can't come about. */
final class Waiter {

    /** Completed with the report of a deadlock. */
    final CompletableFuture<String> stuck = new CompletableFuture<>();

    /** Completed when all stands still again although everything has been cancelled. */
    final CompletableFuture<@Nullable Void> hopeless = new CompletableFuture<>();

    /** Returns whether this is the first time. */
    boolean tell(String report) {
        boolean first = stuck.complete(report);
        if (!first) {
            hopeless.complete(null);
        }
        return first;
    }
}
