package dev.asyncloop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What {@code thenApply} and its like make of a task: completed by {@link CompletableFuture}'s own code, and by whoever
 * wants to, as that one's contract has it.
 */
final class Dependent<T extends @Nullable Object> extends LoopTask<T> {

    /** Who has made it, if that was a coroutine: its end reports a failure. */
    private final @Nullable Coroutine<?> maker;

    /** A failure as it was handed in; {@link CompletableFuture}'s own code hands on wrapped ones. */
    private volatile @Nullable Throwable handedIn;

    private Dependent(DefaultIOLoop loop) {
        super(loop, "a dependent");
        this.maker = loop.currentHere();
    }

    /** Makes one that still has to be {@link #watch watched}. */
    static <T extends @Nullable Object> Dependent<T> of(DefaultIOLoop loop) {
        return new Dependent<>(loop);
    }

    /** Makes one whose failure is not reported: somebody else has it, too. */
    static <T extends @Nullable Object> Dependent<T> quiet(DefaultIOLoop loop) {
        Dependent<T> copy = new Dependent<>(loop);
        copy.markKnown();
        copy.watch();
        return copy;
    }

    /** Has who waits told, however this is or was completed. {@code allOf} is what needs no further dependent for that. */
    void watch() {
        CompletableFuture.allOf(this)
                .whenComplete((done, failure) -> loop.inTurn(() -> {
                    settled(failure == null ? resultNow() : null, failure == null ? null : asHandedIn(failure));
                }));
    }

    /** Of several who complete this at the same time, the one that was noted last need not be the one who has won. */
    private Throwable asHandedIn(Throwable failure) {
        Throwable own = handedIn;
        return own != null && Failures.unwrap(own) == Failures.unwrap(failure) ? own : failure;
    }

    @Override
    void settle(@Nullable T value, @Nullable Throwable failure) {
        handIn(value, failure);
    }

    private boolean handIn(@Nullable T value, @Nullable Throwable failure) {
        if (!isDone()) {
            handedIn = failure;
        }
        return setOutcome(value, failure);
    }

    @Override
    void left(@Nullable Throwable lost) {
        if (lost == null) {
            return;
        }
        if (maker != null && !maker.isEnding()) {
            maker.belongings().keepFailed(this);
        } else {
            reportIfLost();
        }
    }

    /**
     * Completes this with the failure of what it depends on.
     * @param known whether somebody has got to know it there
     */
    boolean passOn(Throwable failure, boolean known) {
        if (known) {
            markKnown();
        }
        return handIn(null, failure instanceof CompletionException ? failure : new CompletionException(failure));
    }

    // ---- limits, in place as CompletableFuture has them

    @Override
    public CompletableFuture<T> orTimeout(long timeout, TimeUnit unit) {
        return limitedInPlace(timeout, unit, () -> settle(null, new TimeoutException()));
    }

    @Override
    public CompletableFuture<T> completeOnTimeout(T value, long timeout, TimeUnit unit) {
        return limitedInPlace(timeout, unit, () -> settle(value, null));
    }

    private CompletableFuture<T> limitedInPlace(long timeout, TimeUnit unit, Runnable onTimeout) {
        requireTimers();
        TimerHandle timer = loop.limit(duration(timeout, unit), this, onTimeout);
        Listener.listen(this, (value, failure) -> timer.cancel());
        return this;
    }

    @Override
    public boolean complete(T value) {
        return handIn(value, null);
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return handIn(null, failure);
    }
}
