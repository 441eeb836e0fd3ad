package dev.asyncloop;

import dev.asyncloop.internal.log.SafeLog;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A task completed by hand. */
final class LoopPromise<T extends @Nullable Object> extends LoopTask<T> implements Promise<T> {

    private static final Logger log = LoggerFactory.getLogger(IOLoop.class);

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
        Objects.requireNonNull(failure, () -> "Promise '" + name() + "' was to fail with null; give it an exception");
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
                runOnCancel(action);
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

    /** Whoever cancels, perhaps the end of an owner, has more to do than this. */
    private void runOnCancel(Runnable action) {
        try {
            action.run();
        } catch (Throwable ex) {
            SafeLog.error(log, ex, "Exception in onCancel of '{}'", name());
        }
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
