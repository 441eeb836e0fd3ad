package dev.asyncloop;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is common to all tasks: completes only in a turn of its loop, belongs to an owner, and knows whether its failure
 * has been awaited.
 */
class LoopTask<T extends @Nullable Object> extends LoopStage<T> implements Task<T> {

    final DefaultIOLoop loop;

    /** Made up from the number where nobody has given one. */
    private final @Nullable String name;

    private final long id;

    /** Whose end cancels this task, as long as it has one. Like the two links: touched only by who has the turn. */
    @Nullable
    Belongings owner;

    @Nullable
    LoopTask<?> previous;

    @Nullable
    LoopTask<?> next;

    /** The stretch of its owner in which the task was started. */
    @Nullable
    Scope startedIn;

    /** Whether somebody gets to know a failure: has asked for the outcome, or has heard it when its wait ended. */
    private volatile boolean awaited;

    /** How many dependents are waits, which hear nothing if they are cancelled before. Touched only by who has the turn. */
    private int waits;

    LoopTask(DefaultIOLoop loop, @Nullable String name) {
        this.loop = loop;
        this.name = name;
        this.id = loop.nextId();
    }

    @Override
    public String name() {
        return name != null ? name : "coroutine #" + id;
    }

    final @Nullable String givenName() {
        return name;
    }

    @Override
    public String toString() {
        return name() + " [" + state() + "]";
    }

    /** Completes this task; only by who has the turn. */
    final void settle(@Nullable T value, @Nullable Throwable failure) {
        boolean depended = failure != null && getNumberOfDependents() > waits;
        boolean settled = failure == null ? super.complete(value) : super.completeExceptionally(failure);
        boolean lost = failure != null && !awaited && !depended && !(failure instanceof CancellationException);
        Belongings owner = this.owner;
        if (settled && owner != null) {
            if (!lost || failure == null) {
                owner.remove(this);
            } else if (owner == loop.belongings()) {
                owner.remove(this);
                loop.failureNobodyAwaited(this, failure);
            } // else it may still be awaited, until its owner ends
        }
    }

    /** Lets this task go with its owner: cancelled if it has not ended, reported if its failure was not awaited. */
    final void endWithOwner(String reason) {
        if (!isDone()) {
            loop.belongings().add(this);
            cancelWithOwner(reason);
        } else if (!awaited && state() == State.FAILED) {
            loop.failureNobodyAwaited(this, exceptionNow());
        }
    }

    void cancelWithOwner(String reason) {
        cancel(false, reason);
    }

    @Override
    final void markAwaited() {
        awaited = true;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return cancel(mayInterruptIfRunning, "cancel(" + mayInterruptIfRunning + ") was called");
    }

    /** Cancels this task; any thread. A dependent stage is simply completed. */
    boolean cancel(boolean interrupt, String reason) {
        if (isDone()) {
            return false;
        }
        CancellationException cancellation = cancellation(reason);
        loop.inTurn(() -> settle(null, cancellation));
        return true;
    }

    final CancellationException cancellation(String reason) {
        return new CancellationException("Task '" + name() + "' was cancelled: " + reason);
    }

    // ---- waiting

    @Override
    public T join() {
        Coroutine<?> coroutine = Coroutine.withTurn();
        if (coroutine != null) {
            return coroutine.await(this);
        }
        markAwaited();
        return super.join();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        Coroutine<?> coroutine = Coroutine.withTurn();
        if (coroutine == null) {
            markAwaited();
            return super.get();
        }
        try {
            return coroutine.await(this);
        } catch (Throwable ex) {
            throw asExecutionException(ex);
        }
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        Coroutine<?> coroutine = Coroutine.withTurn();
        if (coroutine == null) {
            markAwaited();
            return super.get(timeout, unit);
        }
        try {
            return coroutine.withTimeout(duration(timeout, unit), () -> coroutine.await(this));
        } catch (AsyncTimeoutException ex) {
            if (state() == State.FAILED && exceptionNow() == ex) {
                throw asExecutionException(ex); // the task's own
            }
            throw (TimeoutException) new TimeoutException(ex.getMessage()).initCause(ex);
        } catch (Throwable ex) {
            throw asExecutionException(ex);
        }
    }

    /** So long a limit that its nanoseconds overflow is as good as the longest. */
    private static Duration duration(long timeout, TimeUnit unit) {
        return Duration.ofNanos(unit.toNanos(timeout));
    }

    /** The contract of {@code Future.get}: this task's own failure is wrapped, a cancellation is not. */
    private ExecutionException asExecutionException(Throwable ex) {
        if (ex instanceof CancellationException cancelled) {
            throw cancelled;
        }
        return new ExecutionException(Failures.unwrap(ex));
    }

    /** Has the outcome handed over at once, in the thread that completes the stage; for the loop's own, short code. */
    static <T extends @Nullable Object> void listen(
            CompletionStage<T> stage, BiConsumer<? super @Nullable T, ? super @Nullable Throwable> listener) {
        if (stage instanceof LoopTask<T> task) {
            task.markAwaited();
            task.whenSettled(listener);
        } else {
            stage.whenComplete(listener);
        }
    }

    /** As {@link #listen}, for a wait that may be cancelled before: the failure is awaited if the listener says so. */
    static <T extends @Nullable Object> void listenWhileWaiting(
            CompletionStage<T> stage, BiPredicate<? super @Nullable T, ? super @Nullable Throwable> listener) {
        if (stage instanceof LoopTask<T> task && task.loop.inLoop()) {
            task.waits++;
            task.whenSettled((value, failure) -> {
                if (listener.test(value, failure)) {
                    task.markAwaited();
                }
            });
        } else {
            listen(stage, listener::test);
        }
    }

    // ---- limits, on the loop's timers

    @Override
    public Task<T> orTimeout(Duration limit) {
        return limited(
                limit,
                outcome -> outcome.fail(new AsyncTimeoutException(
                        "Task '" + name() + "' did not end within " + limit + " and was cancelled")));
    }

    @Override
    public Task<T> completeOnTimeout(T value, Duration limit) {
        return limited(limit, outcome -> outcome.succeed(value));
    }

    private Task<T> limited(Duration limit, Consumer<Promise<T>> onTimeout) {
        Promise<T> outcome = loop.promise(name() + " within " + limit);
        TimerHandle timer = loop.timer(limit, () -> {
            onTimeout.accept(outcome);
            cancel(false, "its limit of " + limit + " has passed");
        });
        outcome.onCancel(() -> cancel(false));
        listen(this, (value, failure) -> {
            timer.cancel();
            if (failure == null) {
                outcome.succeed(value);
            } else {
                outcome.fail(Failures.unwrap(failure));
            }
        });
        return outcome.task();
    }

    @Override
    public CompletableFuture<T> orTimeout(long timeout, TimeUnit unit) {
        return limitedInPlace(timeout, unit, () -> settle(null, new TimeoutException()));
    }

    @Override
    public CompletableFuture<T> completeOnTimeout(T value, long timeout, TimeUnit unit) {
        return limitedInPlace(timeout, unit, () -> settle(value, null));
    }

    private CompletableFuture<T> limitedInPlace(long timeout, TimeUnit unit, Runnable onTimeout) {
        TimerHandle timer = loop.timer(duration(timeout, unit), onTimeout);
        listen(this, (value, failure) -> timer.cancel());
        return this;
    }

    // ---- dependents

    @Override
    public Executor defaultExecutor() {
        return loop.dependents();
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new LoopTask<>(loop, "a dependent");
    }

    /** A copy, so that nobody can complete the task from outside. */
    @Override
    public CompletableFuture<T> toCompletableFuture() {
        markAwaited();
        return copy();
    }
}
