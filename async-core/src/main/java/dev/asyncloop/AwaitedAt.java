package dev.asyncloop;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * Not an error: the stack of the coroutine that awaited a task, added to the failure of that task as suppressed.
 *
 * <p>A failure may pass through several coroutines, each awaiting the one before: then it gets the stack of each. If
 * two coroutines await the same failure, none of them is to see the stack of the other: then what was added is
 * withdrawn. An exception that was made elsewhere, perhaps to be thrown again and again, is not altered at all.
 */
final class AwaitedAt extends Exception {

    private static final long serialVersionUID = 1L;

    private static final StackTraceElement[] WITHDRAWN = {};

    /** Not there in one that was read from a stream. */
    private final transient @Nullable WeakReference<LoopTask<?>> task;

    private final transient @Nullable WeakReference<Coroutine<?>> awaiter;

    private final String name;

    private boolean withdrawn;

    private AwaitedAt(LoopTask<?> task, Coroutine<?> awaiter) {
        this.task = new WeakReference<>(task);
        this.awaiter = new WeakReference<>(awaiter);
        this.name = task.name();
    }

    /** Notes that a coroutine has awaited a task and got this failure; called where the stack is the one to show. */
    static void note(Throwable failure, LoopTask<?> task, Coroutine<?> awaiter) {
        if (!wasMadeInATask(failure)) {
            return;
        }
        AwaitedAt last = last(failure);
        if (last == null || last.leadsTo(task)) {
            failure.addSuppressed(new AwaitedAt(task, awaiter));
        } else if (!last.isOf(task, awaiter)) {
            withdraw(failure);
        }
    }

    /** An exception that was made elsewhere, or once for all, has none of these frames, or no frames at all. */
    private static boolean wasMadeInATask(Throwable failure) {
        StackTraceElement[] frames;
        try {
            frames = failure.getStackTrace();
        } catch (RuntimeException ex) { // of the failure's own method
            return false;
        }
        boolean inATask = false;
        for (StackTraceElement frame : frames) {
            if (frame.getMethodName().equals("<clinit>")) {
                return false;
            }
            inATask |= frame.getMethodName().equals("run") && isTask(frame.getClassName());
        }
        return inATask;
    }

    private static boolean isTask(String className) {
        return className.equals(Coroutine.class.getName()) || className.equals(ExecutorCall.class.getName());
    }

    private static @Nullable AwaitedAt last(Throwable failure) {
        AwaitedAt last = null;
        for (Throwable suppressed : failure.getSuppressed()) {
            if (suppressed instanceof AwaitedAt awaitedAt) {
                last = awaitedAt;
            }
        }
        return last;
    }

    /** Whether it is this one's awaiter that ended with the failure. */
    private boolean leadsTo(LoopTask<?> task) {
        return !withdrawn && task instanceof Coroutine<?> coroutine && awaiter != null && awaiter.refersTo(coroutine);
    }

    private boolean isOf(LoopTask<?> task, Coroutine<?> awaiter) {
        return this.task != null && this.task.refersTo(task) && this.awaiter != null && this.awaiter.refersTo(awaiter);
    }

    private static void withdraw(Throwable failure) {
        for (Throwable suppressed : failure.getSuppressed()) {
            if (suppressed instanceof AwaitedAt awaitedAt) {
                awaitedAt.withdrawn = true;
                awaitedAt.setStackTrace(WITHDRAWN);
            }
        }
    }

    @Override
    public String getMessage() {
        return withdrawn ? "at several places" : "task '" + name + "' was awaited here";
    }

    @Override
    public String toString() {
        return "(awaited) " + getMessage();
    }
}
