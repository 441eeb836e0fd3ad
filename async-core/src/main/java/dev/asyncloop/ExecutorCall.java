package dev.asyncloop;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/** One call of {@link IOLoop#runInExecutor}. Ends when its work has really ended, also when it is cancelled before. */
final class ExecutorCall<T extends @Nullable Object> extends LoopTask<T> implements Runnable {

    private final Callable<T> work;

    private final ContextView context;

    private @Nullable Thread worker;

    private @Nullable CancellationException cancelled;

    /** Whether the work has ended, so that a cancellation comes too late. */
    private boolean worked;

    ExecutorCall(DefaultIOLoop loop, Callable<T> work, ContextView context) {
        super(loop, "runInExecutor");
        this.work = work;
        this.context = context;
    }

    @Override
    public void run() {
        if (!begin()) {
            return;
        }
        T value = null;
        Throwable failure = null;
        try {
            value = Contexts.with(context, work);
        } catch (Throwable ex) {
            failure = ex;
        }
        CancellationException cancellation = finish();
        T result = value;
        Throwable outcome = failure instanceof InterruptedException && cancellation != null ? cancellation : failure;
        loop.inTurn(() -> settle(result, outcome));
    }

    /** Returns where the work is, as a part of a sentence. Any thread. */
    synchronized String whereabouts() {
        Thread worker = this.worker;
        if (worker != null) {
            return "runs in '" + worker.getName() + "'";
        }
        return worked ? "has ended" : "waits for a thread";
    }

    private synchronized boolean begin() {
        if (cancelled != null) {
            return false;
        }
        worker = Thread.currentThread();
        return true;
    }

    private synchronized @Nullable CancellationException finish() {
        worker = null;
        worked = true;
        Thread.interrupted(); // the thread serves others next
        return cancelled;
    }

    @Override
    boolean cancel(boolean interrupt, String reason) {
        if (isDone()) {
            return false;
        }
        CancellationException cancellation = cancellation(reason);
        synchronized (this) {
            if (worked) {
                return false;
            }
            boolean first = cancelled == null;
            if (first) {
                cancelled = cancellation;
            }
            if (worker != null) {
                if (interrupt) {
                    worker.interrupt();
                }
                return true;
            }
            if (!first) {
                return true;
            }
        }
        loop.executor().withdraw(this);
        loop.inTurn(() -> settle(null, cancellation)); // it had not begun and never will
        return true;
    }

    @Override
    void left(@Nullable Throwable lost) {
        super.left(lost);
        loop.idleness().comeBack();
    }

    /** Nothing but an interrupt reaches work that blocks. */
    @Override
    void cancelWithOwner(String reason) {
        cancel(true, reason);
    }
}
