package dev.asyncloop;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Coroutines for whose outcome a thread waits that is not the loop's. */
final class ForeignCalls {

    private final DefaultIOLoop loop;

    ForeignCalls(DefaultIOLoop loop) {
        this.loop = loop;
    }

    <T extends @Nullable Object> T run(Callable<T> body) {
        Coroutine<T> task = start(body);
        try {
            return task.get();
        } catch (CancellationException ex) {
            throw cancelled(task, ex);
        } catch (InterruptedException ex) {
            throw interrupted(task);
        } catch (ExecutionException ex) {
            throw Failures.toThrow(ex);
        }
    }

    <T extends @Nullable Object> T run(Duration limit, Callable<T> body) {
        Coroutine<T> task = start(body);
        try {
            return task.get(Durations.nanos(limit), TimeUnit.NANOSECONDS);
        } catch (TimeoutException ex) {
            task.cancel(true, "the limit of " + limit + " given to runSync has passed");
            awaitEnd(task);
            throw new AsyncTimeoutException("The coroutine did not end within the limit of " + limit
                    + " given to `runSync` of '" + loop.name() + "' and was cancelled");
        } catch (CancellationException ex) {
            throw cancelled(task, ex);
        } catch (InterruptedException ex) {
            throw interrupted(task);
        } catch (ExecutionException ex) {
            throw Failures.toThrow(ex);
        }
    }

    /**
     * Starts a coroutine without waiting for it.
     * @param outcome completed with what becomes of it, when it has ended
     */
    @SuppressWarnings("NullAway") // null is a value where T allows it
    <T extends @Nullable Object> Task<T> start(String name, Callable<T> body, CompletableFuture<T> outcome) {
        Coroutine<T> task = coroutine(name, body);
        Listener.listen(task, (value, failure) -> {
            if (failure == null) {
                outcome.complete(value);
            } else {
                outcome.completeExceptionally(failure);
            }
        });
        return loop.join(task);
    }

    private <T extends @Nullable Object> Coroutine<T> start(Callable<T> body) {
        return loop.join(coroutine("runSync", body));
    }

    private <T extends @Nullable Object> Coroutine<T> coroutine(String name, Callable<T> body) {
        if (loop.inLoop() || loop.isHeldUpHere()) {
            throw Misuse.wouldWaitForItself("IOLoop.runSync", "use `await(Async.spawn(..))` in a coroutine");
        }
        Coroutine<T> task = loop.coroutine(name, body);
        task.markKnown();
        return task;
    }

    /** It was the task that was cancelled, or else the coroutine of another loop that waits for it here. */
    private static CancellationException cancelled(Coroutine<?> task, CancellationException cancellation) {
        if (!task.isDone()) {
            task.cancel(true, "the coroutine that waits in runSync was cancelled");
            awaitEnd(task);
        }
        return cancellation;
    }

    private CancellationException interrupted(Coroutine<?> task) {
        task.cancel(true, "the thread that waits in runSync was interrupted");
        awaitEnd(task);
        Thread.currentThread().interrupt();
        return new CancellationException("`runSync` of '" + loop.name() + "' was interrupted");
    }

    private static void awaitEnd(Coroutine<?> task) {
        Coroutine<?> waiting = Coroutine.withTurn();
        try {
            if (waiting != null) {
                waiting.shielded(task::join);
            } else {
                task.join();
            }
        } catch (CancellationException | CompletionException ex) {
            // its outcome is not what the caller gets
        }
    }
}
