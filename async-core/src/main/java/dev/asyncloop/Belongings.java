package dev.asyncloop;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that a coroutine, or the loop, has started and still owns: a list whose links lie in the tasks. Touched only
 * by who has the turn, and looked at from beside it. No field has a value from the start but null or 0: who looks may see
 * one before what its constructor did.
 */
final class Belongings {

    /** So many failures are kept for who may still await them; a coroutine that goes on for days may have more. */
    private static final int KEPT_FAILURES = 100;

    /** So often a look from beside the turn begins again that has met a change. */
    private static final int LOOKS_BESIDE = 5;

    private @Nullable LoopTask<?> first;

    /** The one that was added before all others that are left. */
    private @Nullable LoopTask<?> last;

    private int failed;

    void add(LoopTask<?> task) {
        task.owner = this;
        task.next = first;
        if (first != null) {
            first.previous = task;
        } else {
            last = task;
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
        } else {
            last = task.previous;
        }
        task.owner = null;
        task.previous = null;
        task.next = null;
    }

    /** Returns whether there are none. Beside the turn this may be so no longer, or not yet. */
    boolean isEmpty() {
        return first == null;
    }

    /** Keeps a task that has failed, until the owner's end or a time when there are too many. */
    void keepFailed(LoopTask<?> task) {
        List<LoopTask<?>> tooMany = failed >= KEPT_FAILURES ? takeOutKept(null) : List.of();
        if (task.owner != this) {
            add(task);
        }
        task.kept = true;
        failed++;
        tooMany.forEach(LoopTask::reportIfLost);
    }

    /** Reports the failures of a group's children, unless they have been awaited by now. */
    void reportFailedOf(TaskGroup group) {
        if (failed > 0) {
            takeOutKept(group).forEach(LoopTask::reportIfLost);
        }
    }

    /** To report one is to log, where a coroutine may lend its turn and others change this list: so they are taken out before. */
    private List<LoopTask<?>> takeOutKept(@Nullable TaskGroup group) {
        List<LoopTask<?>> chosen = choose(task -> task.kept && (group == null || isChildOf(task, group)));
        chosen.forEach(this::remove);
        return chosen;
    }

    private static boolean isChildOf(LoopTask<?> task, TaskGroup group) {
        return task instanceof Coroutine<?> coroutine && coroutine.group() == group;
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

    /** Cancels the tasks that were started within a scope, but not those that a shield keeps from its cancellation. */
    void cancelWithin(Scope scope, String reason) {
        cancel(task -> task.startedIn != null && task.startedIn.isReachedFrom(scope), reason);
    }

    /** Cancels the children of a group. */
    void cancelChildrenOf(TaskGroup group, String reason) {
        cancel(task -> isChildOf(task, group), reason);
    }

    /** Cancels all tasks. */
    void cancelAll(String reason) {
        cancel(task -> true, reason);
    }

    /** A cancelled task may leave the list at once, and take others with it: so they are chosen before. */
    private void cancel(Predicate<LoopTask<?>> which, String reason) {
        choose(which).forEach(task -> task.cancelWithOwner(reason));
    }

    private List<LoopTask<?>> choose(Predicate<LoopTask<?>> which) {
        List<LoopTask<?>> chosen = new ArrayList<>();
        for (LoopTask<?> task = first; task != null; task = task.next) {
            if (which.test(task)) {
                chosen.add(task);
            }
        }
        return chosen;
    }

    /**
     * As {@link #coroutines}, by another thread than who has the turn. Whatever that one does meanwhile, the links of what is
     * in the list lead on to its end; what was taken out of it has no owner, or another one, and is where a look has to begin
     * again.
     */
    List<Coroutine<?>> coroutinesBeside() {
        List<Coroutine<?>> most = List.of();
        for (int look = 0; look < LOOKS_BESIDE; look++) {
            Set<LoopTask<?>> seen = new LinkedHashSet<>();
            LoopTask<?> task = first;
            boolean whole = true;
            while (task != null && whole) {
                LoopTask<?> next = task.next; // before the owner, which it loses first
                whole = task.owner == this && seen.add(task);
                task = next;
            }
            List<Coroutine<?>> found = new ArrayList<>();
            for (LoopTask<?> one : seen) {
                if (one instanceof Coroutine<?> coroutine) {
                    found.add(coroutine);
                }
            }
            most = found.size() >= most.size() ? found : most;
            if (whole) {
                break;
            }
        }
        return most;
    }

    /**
     * Has the coroutines among the tasks looked at, those added first first.
     * @param look returns whether to go on
     */
    void lookAtOldest(Predicate<Coroutine<?>> look) {
        for (LoopTask<?> task = last; task != null; task = task.previous) {
            if (task instanceof Coroutine<?> coroutine && !look.test(coroutine)) {
                return;
            }
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
