package dev.asyncloop;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** A task completed by hand. */
final class LoopPromise<T extends @Nullable Object> extends LoopTask<T> implements Promise<T> {

    private boolean decided;

    private boolean cancelled;

    private @Nullable Runnable onCancel;

    LoopPromise(DefaultIOLoop loop, String name) {
        super(loop, name);
    }

    @Override
    public Task<T> task() {
        return this;
    }

    @Override
    public boolean succeed(T value) {
        boolean mine = decide(false);
        if (mine) {
            loop.inTurn(() -> settle(value, null));
        }
        return mine;
    }

    @Override
    public boolean fail(Throwable failure) {
        boolean mine = decide(false);
        if (mine) {
            loop.inTurn(() -> settle(null, failure));
        }
        return mine;
    }

    @Override
    boolean cancel(boolean interrupt, String reason) {
        boolean mine = decide(true);
        if (mine) {
            Runnable action = takeOnCancel();
            if (action != null) {
                action.run();
            }
            CancellationException cancellation = cancellation(reason);
            loop.inTurn(() -> settle(null, cancellation));
        }
        return mine;
    }

    @Override
    public void onCancel(Runnable action) {
        synchronized (this) {
            if (!cancelled) {
                onCancel = decided ? null : action;
                return;
            }
        }
        action.run();
    }

    private synchronized boolean decide(boolean byCancellation) {
        boolean mine = !decided;
        decided = true;
        if (mine && byCancellation) {
            cancelled = true;
        } else if (mine) {
            onCancel = null;
        }
        return mine;
    }

    private synchronized @Nullable Runnable takeOnCancel() {
        Runnable action = onCancel;
        onCancel = null;
        return action;
    }
}
