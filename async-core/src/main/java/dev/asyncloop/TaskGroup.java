package dev.asyncloop;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Several coroutines that begin and end together: structured concurrency. Trio's nursery, asyncio's {@code TaskGroup},
 * Kotlin's {@code coroutineScope}.
 *
 * <pre>{@code
 * int total = TaskGroup.run(group -> {
 *     Task<Integer> a = group.spawn("a", () -> ...);
 *     Task<Integer> b = group.spawn("b", () -> ...);
 *     return await(a) + await(b);
 * });
 * }</pre>
 *
 * <p>{@link #run} returns when the body and every child have ended. The first failure, of the body or of a child,
 * cancels the others and the body, and is what is thrown when all have ended; later ones are suppressed in it. A
 * cancellation from outside, or a limit around the group, cancels all of it.
 *
 * <p>Used by coroutines of its loop only: the body, and the children, which may spawn more.
 */
public final class TaskGroup {

    /**
     * What a group does besides its children; it runs in the calling coroutine.
     *
     * @param <T> the type of the result
     */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object> {

        /** Runs in the coroutine that called {@link TaskGroup#run}. */
        T run(TaskGroup group) throws Exception;
    }

    /**
     * How a group treats time and failures; immutable.
     *
     * @param deadline how long the whole group may take; {@code null}, the default, for no limit
     * @param supervising whether a child may fail without the others: its failure goes to who awaits it, and is logged
     *     at the end of the group if nobody does
     */
    public record Options(@Nullable Duration deadline, boolean supervising) {

        private static final Options DEFAULTS = new Options(null, false);

        /** Returns the defaults: no deadline, and the first failure ends the group. */
        public static Options defaults() {
            return DEFAULTS;
        }

        /** Returns these options with a deadline, counted from the call of {@link TaskGroup#run}. */
        public Options withDeadline(Duration deadline) {
            return new Options(deadline, supervising);
        }

        /** Returns these options for a group whose children fail alone. Kotlin's {@code supervisorScope}. */
        public Options withSupervising(boolean supervising) {
            return new Options(deadline, supervising);
        }
    }

    private final Coroutine<?> owner;

    private final Scope outside;

    private final Scope scope;

    private final Options options;

    /** Children that have not ended. Like all below: touched only by who has the turn. */
    private int live;

    private @Nullable Throwable failure;

    private @Nullable Coroutine<?> failedChild;

    private boolean timedOut;

    private boolean cutShort;

    private boolean ended;

    /** Ended by the last child, while the owner waits for that. */
    private @Nullable Wait<@Nullable Void> join;

    private TaskGroup(Coroutine<?> owner, Options options) {
        this.owner = owner;
        this.outside = owner.scope();
        this.scope = new Scope(outside, false);
        this.options = options;
    }

    /**
     * Runs a group without a deadline, which the first failure ends.
     * @return what the body returns
     * @throws RuntimeException the first failure's own unchecked exception
     * @throws java.util.concurrent.CompletionException around a checked one
     * @throws IllegalStateException outside of a coroutine
     */
    public static <T extends @Nullable Object> T run(Body<T> body) {
        return run(Options.defaults(), body);
    }

    /**
     * Runs a group.
     * @return what the body returns
     * @throws AsyncTimeoutException if the deadline has cut the body or a child short
     * @throws RuntimeException the first failure's own unchecked exception
     * @throws java.util.concurrent.CompletionException around a checked one
     * @throws IllegalStateException outside of a coroutine
     */
    public static <T extends @Nullable Object> T run(Options options, Body<T> body) {
        Coroutine<?> self = Coroutine.current("TaskGroup.run");
        self.throwIfCancelled();
        return new TaskGroup(self, options).execute(body);
    }

    /** As {@link #spawn(String, Callable)}, with a made-up name. */
    public <T extends @Nullable Object> Task<T> spawn(Callable<T> child) {
        return start(null, child);
    }

    /** As {@link #spawn(String, Callable)}, with a made-up name and no result. */
    public Task<@Nullable Void> spawn(Runnable child) {
        return start(null, DefaultIOLoop.asCallable(child));
    }

    /**
     * Starts a child in a later turn. Does not wait.
     * @throws IllegalStateException if the group has ended, or the caller is no coroutine of its loop
     * @throws CancellationException if the caller is cancelled, by the group for example
     * @throws LoopFullException if too many coroutines are alive
     */
    public <T extends @Nullable Object> Task<T> spawn(String name, Callable<T> child) {
        return start(name, child);
    }

    /** As {@link #spawn(String, Callable)}, with no result. */
    public Task<@Nullable Void> spawn(String name, Runnable child) {
        return start(name, DefaultIOLoop.asCallable(child));
    }

    private <T extends @Nullable Object> Task<T> start(@Nullable String name, Callable<T> body) {
        Coroutine<?> spawner = Coroutine.current("TaskGroup.spawn");
        requireLoopOf(spawner, "TaskGroup.spawn");
        if (ended) {
            throw new IllegalStateException("`TaskGroup.spawn` was called in '" + spawner.name()
                    + "' after the group in '" + owner.name() + "' has ended; a child can't outlive its group,"
                    + " so spawn it before the body and the last child end, or use `IOLoop.spawn`");
        }
        spawner.throwIfCancelled();
        Coroutine<T> child = owner.loop().startChild(owner, scope, name, body, Contexts.capture(spawner), this);
        live++;
        CancellationException cancelled = scope.pending();
        if (cancelled != null) { // and the spawner is shielded from it, but the child is not
            child.cancel(false, "its group has been cancelled");
        }
        return child;
    }

    /** Cancels the children that have not ended, but neither the body nor the group. */
    public void cancelChildren() {
        requireLoopOf(Coroutine.current("TaskGroup.cancelChildren"), "TaskGroup.cancelChildren");
        owner.belongings().cancelChildrenOf(this, "`cancelChildren` was called");
    }

    private void requireLoopOf(Coroutine<?> caller, String operation) {
        if (caller.loop() != owner.loop()) {
            throw new IllegalStateException("`" + operation + "` was called in '" + caller.name() + "' of "
                    + caller.loop() + ", but the group lives on " + owner.loop()
                    + "; call it in a coroutine of that loop");
        }
    }

    // ---- the life of a group

    private <T extends @Nullable Object> T execute(Body<T> body) {
        Duration deadline = options.deadline();
        if (deadline != null) {
            owner.loop().requireNotOver("`TaskGroup.run` with a deadline");
        }
        TimerHandle timer = deadline == null ? null : owner.loop().limit(deadline, owner, () -> timeOut(deadline));
        T value = null;
        CancellationException cancelled = null;
        try {
            value = owner.within(scope, () -> body.run(this));
        } catch (Throwable ex) {
            if (ex instanceof CancellationException cancellation && scope.pending() != null) {
                cancelled = cancellation;
                cutShort = true;
            } else {
                fail(ex, owner);
            }
        } finally { // whatever comes: no child outlives its group
            end(timer);
        }
        return outcome(value, cancelled);
    }

    private void end(@Nullable TimerHandle timer) {
        try {
            joinChildren();
        } finally {
            ended = true;
            if (timer != null) {
                timer.cancel();
            }
            owner.belongings().reportFailedOf(this);
        }
    }

    @SuppressWarnings("NullAway") // null is a value where T allows it
    private <T extends @Nullable Object> T outcome(@Nullable T value, @Nullable CancellationException bodyCancelled) {
        if (failure != null) {
            if (failedChild != null) {
                AwaitedAt.note(failure, failedChild, owner);
            }
            throw Failures.unchecked(failure);
        }
        CancellationException fromOutside = outside.pending();
        if (timedOut && cutShort && fromOutside == null) {
            AsyncTimeoutException timeout = new AsyncTimeoutException(
                    "The deadline of " + options.deadline() + " of a task group in '" + owner.name() + "' has passed");
            timeout.initCause(scope.pending());
            throw timeout;
        }
        if (bodyCancelled != null) {
            throw bodyCancelled;
        }
        if (fromOutside != null && cutShort) {
            throw Failures.cancelledHere(fromOutside);
        }
        return value;
    }

    /** Waits for every child. If that is cancelled so are the children, and the wait goes on. */
    private void joinChildren() {
        boolean told = false;
        while (live > 0) {
            CancellationException cancelled = scope.pending();
            if (cancelled != null && !told) {
                told = true;
                owner.belongings().cancelWithin(scope, reasonOf(cancelled));
            }
            Wait<@Nullable Void> wait = new Wait<>(owner, this);
            join = wait;
            try {
                if (told) {
                    owner.shielded(() -> owner.finish(wait));
                } else {
                    owner.within(scope, () -> owner.finish(wait));
                }
            } catch (CancellationException ex) {
                if (told) {
                    return; // the loop ends: nobody is left to end this wait
                }
            } finally {
                join = null;
            }
        }
    }

    private static String reasonOf(CancellationException cancelled) {
        String message = cancelled.getMessage();
        return message != null ? message : "its group was cancelled";
    }

    boolean isSupervising() {
        return options.supervising();
    }

    /** Called with the turn when a child has ended. */
    void childEnded(Coroutine<?> child, @Nullable Throwable childFailure) {
        live--;
        try {
            if (childFailure instanceof CancellationException) {
                cutShort |= scope.pending() != null;
            } else if (childFailure != null && !options.supervising()) {
                failedChild = failure == null ? child : failedChild;
                fail(childFailure, child);
            }
        } finally { // or the group would wait for ever
            if (live == 0 && join != null) {
                join.settled(null, null);
            }
        }
    }

    private void fail(Throwable ex, Coroutine<?> where) {
        if (failure == null) {
            failure = ex;
            cancelAll("its group has failed: " + Failures.describe(ex));
        } else if (!Failures.suppress(failure, ex)) {
            owner.loop().failureNobodyAwaited(where, ex);
        }
    }

    private void timeOut(Duration deadline) {
        if (!ended && failure == null) {
            timedOut = true;
            cancelAll("the deadline of its group, " + deadline + ", has passed");
        }
    }

    private void cancelAll(String reason) {
        scope.cancel(owner.cancellation(reason));
        owner.reach(false);
        owner.belongings().cancelWithin(scope, reason);
    }

    @Override
    public String toString() {
        return "task group of " + live + " in '" + owner.name() + "'";
    }
}
