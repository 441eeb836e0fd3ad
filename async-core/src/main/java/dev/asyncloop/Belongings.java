package dev.asyncloop;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that a coroutine, or the loop, has started and still owns: a list whose links lie in the tasks. Touched only
 * by who has the turn.
 */
final class Belongings {

    /** So many failures are kept for who may still await them; a coroutine that goes on for days may have more. */
    private static final int KEPT_FAILURES = 100;

    private @Nullable LoopTask<?> first;

    private int failed;

    void add(LoopTask<?> task) {
        task.owner = this;
        task.next = first;
        if (first != null) {
            first.previous = task;
        }
        first = task;
    }

    void remove(LoopTask<?> task) {
        if (task.owner != this) {
            return;
        }
        if (task.kept) {
            task.kept = false;
            failed--;
        }
        if (task.previous != null) {
            task.previous.next = task.next;
        } else {
            first = task.next;
        }
        if (task.next != null) {
            task.next.previous = task.previous;
        }
        task.owner = null;
        task.previous = null;
        task.next = null;
    }

    /** Keeps a task that has failed, until the owner's end or a time when there are too many. */
    void keepFailed(LoopTask<?> task) {
        if (failed >= KEPT_FAILURES) {
            reportFailed(null);
        }
        if (task.owner != this) {
            add(task);
        }
        task.kept = true;
        failed++;
    }

    /** Reports the failures of tasks that were started within a scope, unless they have been awaited by now. */
    void reportFailedWithin(Scope scope) {
        if (failed > 0) {
            reportFailed(scope);
        }
    }

    private void reportFailed(@Nullable Scope within) {
        LoopTask<?> task = first;
        while (task != null) {
            LoopTask<?> next = task.next;
            Scope startedIn = task.startedIn;
            if (task.kept && (within == null || startedIn != null && startedIn.isWithin(within))) {
                remove(task);
                task.reportIfLost();
            }
            task = next;
        }
    }

    /** Takes out the task that was added last. */
    @Nullable
    LoopTask<?> poll() {
        LoopTask<?> task = first;
        if (task != null) {
            remove(task);
        }
        return task;
    }

    /** Cancels the tasks that were started within a scope. */
    void cancelWithin(Scope scope, String reason) {
        LoopTask<?> task = first;
        while (task != null) {
            LoopTask<?> next = task.next; // a cancelled task may leave the list at once
            if (task.startedIn != null && task.startedIn.isWithin(scope)) {
                task.cancelWithOwner(reason);
            }
            task = next;
        }
    }

    /** Cancels all tasks. */
    void cancelAll(String reason) {
        LoopTask<?> task = first;
        while (task != null) {
            LoopTask<?> next = task.next; // a cancelled task may leave the list at once
            task.cancelWithOwner(reason);
            task = next;
        }
    }

    /** Returns the coroutines among the tasks, those added last first. */
    List<Coroutine<?>> coroutines() {
        List<Coroutine<?>> coroutines = new ArrayList<>();
        for (LoopTask<?> task = first; task != null; task = task.next) {
            if (task instanceof Coroutine<?> coroutine) {
                coroutines.add(coroutine);
            }
        }
        return coroutines;
    }
}
