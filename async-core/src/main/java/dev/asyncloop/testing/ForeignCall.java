package dev.asyncloop.testing;

import dev.asyncloop.DrivenLoop;
import dev.asyncloop.Task;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A coroutine that a foreign thread starts and waits for. */
final class ForeignCall<T extends @Nullable Object> {

    private final Task<T> task;

    private final CompletableFuture<T> outcome = new CompletableFuture<>();

    private final @Nullable Jumps jumps;

    private final Waiter waiter = new Waiter();

    /**
     * Starts the coroutine.
     * @param jumps what moves the loop's clock; {@code null} if that ticks by itself
     */
    ForeignCall(DrivenLoop loop, @Nullable Jumps jumps, String name, Callable<T> body) {
        this.jumps = jumps;
        this.task = loop.startForeign(
                name,
                () -> {
                    begin(); // with the turn, as the end: a clock that is held stands still before and after
                    try {
                        return body.call();
                    } finally {
                        end();
                    }
                },
                outcome);
    }

    private void begin() {
        if (jumps != null) {
            jumps.add(waiter);
        }
    }

    private void end() {
        if (jumps != null) {
            jumps.remove(waiter);
        }
    }

    /**
     * Blocks until the coroutine has ended.
     * @param limit in real time; {@code null} for none
     * @throws ExecutionException around the coroutine's failure
     * @throws DeadlockError if it can't end
     */
    T get(@Nullable Duration limit) throws InterruptedException, ExecutionException, TimeoutException {
        await(waiter.stuck, limit);
        if (!waiter.stuck.isDone()) {
            end();
            return outcome.get();
        }
        DeadlockError deadlock = new DeadlockError(waiter.stuck.join());
        if (awaitEnd(limit)) {
            try {
                outcome.join();
            } catch (CancellationException ex) {
                // as it was told to
            } catch (RuntimeException ex) {
                deadlock.addSuppressed(ex.getCause() != null ? ex.getCause() : ex);
            }
        }
        throw deadlock;
    }

    void cancel() {
        task.cancel(true);
    }

    /** Blocks until the coroutine has ended, with value or not, within a limit of real time, or never will. */
    boolean awaitEnd(@Nullable Duration limit) throws InterruptedException {
        try {
            await(waiter.hopeless, limit);
            return outcome.isDone();
        } catch (TimeoutException ex) {
            return false;
        } finally {
            end();
        }
    }

    private void await(CompletableFuture<?> other, @Nullable Duration limit)
            throws InterruptedException, TimeoutException {
        CompletableFuture<?> first = CompletableFuture.anyOf(outcome, other);
        try {
            if (limit == null) {
                first.get();
            } else {
                first.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (ExecutionException | CancellationException ex) {
            // the outcome is looked at later
        }
    }
}
