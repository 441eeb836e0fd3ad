package dev.asyncloop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What {@code thenApply} and its like make of a task: completed by {@link CompletableFuture}'s own code, and by whoever
 * wants to, as that one's contract has it.
 */
final class Dependent<T extends @Nullable Object> extends LoopTask<T> {

    /** Who has made it, if that was a coroutine: its end reports a failure. */
    private final @Nullable Coroutine<?> maker;

    /** Whether nobody needs to be told of a failure. */
    private volatile boolean quiet;

    private Dependent(DefaultIOLoop loop, boolean quiet) {
        super(loop, "a dependent");
        this.maker = loop.currentHere();
        this.quiet = quiet;
    }

    /** Makes one that still has to be {@link #watch watched}. */
    static <T extends @Nullable Object> Dependent<T> of(DefaultIOLoop loop) {
        return new Dependent<>(loop, false);
    }

    /** Makes one whose failure is not reported: somebody else has it, too. */
    static <T extends @Nullable Object> Dependent<T> quiet(DefaultIOLoop loop) {
        Dependent<T> copy = new Dependent<>(loop, true);
        copy.watch();
        return copy;
    }

    /** Has who waits told, however this is or was completed. {@code allOf} is what needs no further dependent for that. */
    void watch() {
        CompletableFuture.allOf(this)
                .whenComplete((done, failure) -> loop.inTurn(() -> {
                    Throwable cause = failure != null ? Failures.unwrap(failure) : null;
                    settled(cause == null ? resultNow() : null, cause);
                }));
    }

    @Override
    void settle(@Nullable T value, @Nullable Throwable failure) {
        setOutcome(value, failure);
    }

    @Override
    void left(@Nullable Throwable lost) {
        if (lost == null || quiet) {
            return;
        }
        if (maker != null && !maker.isSettled()) {
            maker.belongings().keepFailed(this);
        } else {
            reportIfLost();
        }
    }

    /** Completes this with a failure that somebody has got to know already, and which is only passed on here. */
    boolean passOn(Throwable failure) {
        quiet = true;
        return setOutcome(null, failure instanceof CompletionException ? failure : new CompletionException(failure));
    }

    @Override
    public boolean complete(T value) {
        return setOutcome(value, null);
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return setOutcome(null, failure);
    }
}
