package dev.asyncloop;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/**
 * What is common to all tasks: completes only in a turn of its loop, belongs to an owner, and knows whether somebody
 * gets to know its failure.
 */
class LoopTask<T extends @Nullable Object> extends LoopStage<T> implements Task<T> {

    @SuppressWarnings("rawtypes")
    private static final AtomicIntegerFieldUpdater<LoopTask> AUDIENCE =
            AtomicIntegerFieldUpdater.newUpdater(LoopTask.class, "audience");

    private static final int KNOWN = -1;

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

    /** Whether the owner keeps this task for its failure, which may still be awaited. */
    boolean kept;

    /**
     * Who gets to know a failure: {@link #KNOWN}, for good, if somebody has asked for the outcome or was there to hear it;
     * else how many have heard of it, or wait for it, and may turn out to tell nobody.
     */
    private volatile int audience;

    /** Who waits, in the order of their coming. Like all below: touched only by who has the turn. */
    private @Nullable Listener<?> firstListener;

    private @Nullable Listener<?> lastListener;

    private boolean settled;

    private @Nullable Throwable failure;

    LoopTask(DefaultIOLoop loop, @Nullable String name) {
        this.loop = loop;
        this.name = name;
        this.id = loop.nextId();
    }

    public final long id() {
        return id;
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

    // ---- the outcome

    /** Completes this task; only by who has the turn. */
    void settle(@Nullable T value, @Nullable Throwable failure) {
        boolean mine = true;
        try {
            mine = setOutcome(value, failure);
        } catch (Throwable ex) { // of the failure's own methods, when a future that depends on this one wraps it
            loop.failedInside("what depends on '" + name() + "'", ex);
        }
        if (mine) {
            settled(value, failure);
        }
    }

    /** Sets the outcome that others see. */
    @SuppressWarnings("NullAway") // null is a value where T allows it
    final boolean setOutcome(@Nullable T value, @Nullable Throwable failure) {
        return failure == null ? super.complete(value) : super.completeExceptionally(failure);
    }

    /** Hands the outcome to who waits for it; once, only by who has the turn. */
    final void settled(@Nullable T value, @Nullable Throwable failure) {
        this.settled = true;
        this.failure = failure;
        Listener<?> listener;
        while ((listener = firstListener) != null) {
            remove(listener);
            hand(listener, value, failure);
        }
        boolean lost = failure != null && audience != KNOWN && !Failures.isCancellation(failure);
        left(lost ? failure : null);
    }

    /**
     * Leaves the owner, but for a lost failure: that may still be awaited until its owner ends.
     * @param lost a failure that nobody has awaited yet
     */
    void left(@Nullable Throwable lost) {
        Belongings owner = this.owner;
        if (owner != null && lost != null && keepsFailure()) {
            owner.keepFailed(this);
            return;
        }
        if (owner != null) {
            owner.remove(this);
        }
        if (lost != null) {
            reportIfLost();
        }
    }

    /** Lets this task go with its owner: cancelled if it has not ended, reported if its failure was not awaited. */
    final void endWithOwner(String reason) {
        if (!settled) {
            loop.belongings().add(this);
            cancelWithOwner(reason);
        } else {
            reportIfLost();
        }
    }

    /** Reports the failure of a task that has ended, if nobody has awaited it. */
    final void reportIfLost() {
        if (failure != null && !Failures.isCancellation(failure) && AUDIENCE.compareAndSet(this, 0, KNOWN)) {
            loop.failureNobodyAwaited(this, Failures.unwrap(failure));
        }
    }

    /** Whether a failure that nobody awaits at once is kept for who awaits it later. */
    final boolean keepsFailure() {
        return owner != null && owner != loop.belongings();
    }

    /** Has a failure not reported: somebody gets to know it. Any thread. */
    final void markKnown() {
        audience = KNOWN;
    }

    /** Has a failure not reported until {@link #isHeard} says what became of it. Any thread. */
    final void mayBeHeard() {
        AUDIENCE.updateAndGet(this, undecided -> undecided == KNOWN ? KNOWN : undecided + 1);
    }

    /** Takes back {@link #mayBeHeard}: the failure is known to somebody now, or to nobody by this way. Any thread. */
    final void isHeard(boolean known) {
        if (known) {
            markKnown();
        } else {
            loop.inTurn(() -> {
                AUDIENCE.updateAndGet(this, undecided -> undecided == KNOWN ? KNOWN : undecided - 1);
                if (settled && !keepsFailure()) {
                    reportIfLost();
                }
            });
        }
    }

    /** Has a failure of this task, if nobody else keeps it, kept by a coroutine that may still await it. */
    final void keepFailureFor(Coroutine<?> coroutine) {
        if (coroutine.loop() == loop && !coroutine.isEnding() && !keepsFailure()) {
            if (owner != null) {
                owner.remove(this);
            }
            coroutine.belongings().add(this);
        }
    }

    // ---- who waits

    /** Has the outcome handed to a listener; at once if there is one. Any thread. */
    final void listen(Listener<? super T> listener) {
        if (loop.hasTurn()) {
            add(listener);
        } else {
            loop.turn().run(() -> add(listener));
        }
    }

    /** Has the outcome handed to the first listener of a task that nobody else knows of yet. Any thread. */
    final void listenFromStart(Listener<? super T> listener) {
        firstListener = listener;
        lastListener = listener;
    }

    /** Any thread. */
    final void forget(Listener<? super T> listener) {
        if (loop.hasTurn()) {
            remove(listener);
        } else {
            loop.turn().run(() -> remove(listener));
        }
    }

    private void add(Listener<? super T> listener) {
        if (settled) {
            hand(listener, failure == null ? resultNow() : null, failure);
            return;
        }
        if (isDone()) { // the outcome is about to be handed over, perhaps by who waits here
            hand(listener, state() == State.SUCCESS ? resultNow() : null, failureNow());
            return;
        }
        Listener<?> last = lastListener;
        if (last == null) {
            firstListener = listener;
        } else {
            last.nextListener = listener;
            listener.previousListener = last;
        }
        lastListener = listener;
    }

    private void remove(Listener<?> listener) {
        Listener<?> before = listener.previousListener;
        Listener<?> after = listener.nextListener;
        if (before == null && firstListener != listener) {
            return; // was never added, or is removed already
        }
        if (before == null) {
            firstListener = after;
        } else {
            before.nextListener = after;
        }
        if (after == null) {
            lastListener = before;
        } else {
            after.previousListener = before;
        }
        listener.previousListener = null;
        listener.nextListener = null;
    }

    private @Nullable Throwable failureNow() {
        if (state() == State.FAILED) {
            return exceptionNow();
        }
        try {
            super.join();
            return null;
        } catch (CancellationException ex) {
            return ex;
        }
    }

    @SuppressWarnings("unchecked") // only listeners for a T are added
    private void hand(Listener<?> listener, @Nullable T value, @Nullable Throwable failure) {
        try {
            if (((Listener<T>) listener).settled(value, failure)) {
                markKnown();
            }
        } catch (Throwable ex) { // the others hear of it all the same
            loop.failedInside("a listener of '" + name() + "'", ex);
        }
    }

    // ---- cancellation

    void cancelWithOwner(String reason) {
        cancel(false, reason);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return cancel(mayInterruptIfRunning, "cancel(" + mayInterruptIfRunning + ") was called");
    }

    /** Cancels this task; any thread. */
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

    // ---- waiting as Future has it

    @Override
    public T join() {
        Coroutine<?> coroutine = whoAwaits("Task.join");
        if (coroutine != null) {
            return Waits.await(coroutine, this);
        }
        markKnown();
        return super.join();
    }

    /** Returns the coroutine that has to await this task, if the caller is one; what has ended needs no coroutine. */
    private @Nullable Coroutine<?> whoAwaits(String operation) {
        Coroutine<?> coroutine = Coroutine.withTurn();
        if (coroutine == null && !isDone() && loop.isHeldUpHere()) {
            throw Misuse.wouldWaitForItself(operation, "start a coroutine with `IOLoop.spawn`, and wait there");
        }
        if (coroutine == null || coroutine.isEnding() && isDone()) {
            return null;
        }
        return Coroutine.current(operation);
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        Coroutine<?> coroutine = whoAwaits("Task.get");
        if (coroutine == null) {
            mayBeHeard();
            boolean known = true;
            try {
                return super.get();
            } catch (InterruptedException ex) {
                known = false;
                throw ex;
            } finally {
                isHeard(known);
            }
        }
        try {
            return Waits.await(coroutine, this);
        } catch (Throwable ex) {
            throw asExecutionException(ex);
        }
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        Coroutine<?> coroutine = whoAwaits("Task.get");
        if (coroutine == null) {
            mayBeHeard();
            boolean known = true;
            try {
                return super.get(timeout, unit);
            } catch (InterruptedException | TimeoutException ex) {
                known = false;
                throw ex;
            } finally {
                isHeard(known);
            }
        }
        try {
            return coroutine.withTimeout(duration(timeout, unit), () -> Waits.await(coroutine, this));
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
    static Duration duration(long timeout, TimeUnit unit) {
        return Duration.ofNanos(unit.toNanos(timeout));
    }

    /** The contract of {@code Future.get}: this task's own failure is wrapped, a cancellation is not. */
    private ExecutionException asExecutionException(Throwable ex) {
        if (ex instanceof CancellationException cancelled) {
            throw cancelled;
        }
        return new ExecutionException(Failures.unwrap(ex));
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

    private LoopPromise<T> limited(Duration limit, Consumer<Promise<T>> onTimeout) {
        requireTimers();
        LoopPromise<T> outcome = loop.promise(name() + " within " + limit);
        TimerHandle timer = loop.limit(limit, this, () -> {
            onTimeout.accept(outcome);
            cancel(false, "its limit of " + limit + " has passed");
        });
        outcome.onCancel(() -> cancel(false));
        Listener.listen(this, (value, failure) -> {
            timer.cancel();
            if (failure == null) {
                outcome.succeed(value);
            } else {
                outcome.fail(Failures.unwrap(failure));
            }
        });
        return outcome;
    }

    /** Not in place: this task ends by itself. */
    @Override
    public CompletableFuture<T> orTimeout(long timeout, TimeUnit unit) {
        return limited(duration(timeout, unit), outcome -> outcome.fail(new TimeoutException()));
    }

    @Override
    public CompletableFuture<T> completeOnTimeout(T value, long timeout, TimeUnit unit) {
        return limited(duration(timeout, unit), outcome -> outcome.succeed(value));
    }

    final void requireTimers() {
        if (!isDone()) {
            loop.requireNotOver("a limit on '" + name() + "'");
        }
    }

    // ---- dependents

    @Override
    public Executor defaultExecutor() {
        return loop.dependents();
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return Dependent.of(loop);
    }

    @Override
    final CompletableFuture<T> relay() {
        Relay<T> relay = new Relay<>(loop);
        Listener.listen(this, relay::pass); // a failure of this task is that of its dependents from now on
        return relay;
    }

    @Override
    final <U> CompletableFuture<U> made(CompletableFuture<U> dependent) {
        ((Dependent<U>) dependent).watch();
        return dependent;
    }

    /** As always, but a failure that the action gets to know is not lost when the dependent only passes it on. */
    @Override
    @NullUnmarked // as what it overrides
    public CompletableFuture<T> whenCompleteAsync(BiConsumer<? super T, ? super Throwable> action, Executor executor) {
        Dependent<T> dependent = Dependent.of(loop);
        dependent.watch();
        CompletableFuture<Boolean> done = handleAsync(
                (value, failure) -> {
                    if (failure == null) {
                        action.accept(value, null);
                        return dependent.complete(value);
                    }
                    try {
                        action.accept(value, failure);
                    } catch (Throwable ex) {
                        if (!Failures.suppress(Failures.unwrap(failure), ex)) {
                            loop.failureNobodyAwaited(dependent, ex);
                        }
                        return dependent.passOn(failure, false);
                    }
                    return dependent.passOn(failure, true);
                },
                executor);
        Listener.listen(done, (value, failure) -> {
            if (failure != null) { // of the action, or of an executor that takes no more
                dependent.passOn(failure, false);
            }
        });
        return dependent;
    }

    /** A copy, so that nobody can complete the task from outside. */
    @Override
    public CompletableFuture<T> toCompletableFuture() {
        Dependent<T> copy = Dependent.quiet(loop);
        Listener<T> original = new Listener<>() {
            @Override
            boolean settled(@Nullable T value, @Nullable Throwable failure) {
                copy.settle(value, failure);
                return true;
            }
        };
        Listener.listen(this, original);
        Listener.listen(copy, (value, failure) -> forget(original)); // cancelled, or completed by hand
        return copy;
    }

    // ---- what would complete it from outside

    private UnsupportedOperationException completedFromOutside() {
        return new UnsupportedOperationException("Task '" + name()
                + "' ends by itself and can't be completed from outside; cancel it, or make one with `IOLoop.promise`");
    }

    @Override
    public boolean complete(T value) {
        throw completedFromOutside();
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        throw completedFromOutside();
    }

    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        throw completedFromOutside();
    }

    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier) {
        throw completedFromOutside();
    }

    @Override
    public void obtrudeValue(T value) {
        throw completedFromOutside();
    }

    @Override
    public void obtrudeException(Throwable failure) {
        throw completedFromOutside();
    }
}
