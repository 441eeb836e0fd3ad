package dev.asyncloop;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Tasks in the order in which they end. Each iteration waits anew.
 */
final class Completions<T extends @Nullable Object> implements Iterable<Task<T>> {

    private final List<Task<T>> tasks;

    Completions(Collection<Task<T>> tasks) {
        this.tasks = List.copyOf(tasks);
    }

    @Override
    public Iterator<Task<T>> iterator() {
        return new Ending();
    }

    private final class Ending implements Iterator<Task<T>>, Compound {

        private final Queue<Task<T>> ended = new ArrayDeque<>();

        private int missing = tasks.size();

        private @Nullable Suspension<@Nullable Void> wait;

        Ending() {
            Coroutine.current("asCompleted");
            tasks.forEach(task -> Listener.listen(task, new Member(task)));
        }

        @Override
        public boolean hasNext() {
            return missing > 0;
        }

        @Override
        public Task<T> next() {
            if (missing == 0) {
                throw new NoSuchElementException("All " + tasks.size() + " tasks have been returned");
            }
            Suspension<@Nullable Void> suspension = Suspension.begin(this);
            if (ended.isEmpty()) {
                wait = suspension;
            } else {
                suspension.resume(null);
            }
            try {
                suspension.await();
            } finally {
                wait = null;
            }
            missing--;
            return ended.remove();
        }

        private void end(Task<T> task) {
            ended.add(task);
            if (wait != null) {
                wait.resume(null);
            }
        }

        @Override
        public boolean waitsOutside(DefaultIOLoop loop) {
            return tasks.stream().anyMatch(task -> !task.isDone() && CoroutineTree.isOutside(task, loop));
        }

        @Override
        public String toString() {
            return "the next of " + missing + " tasks";
        }

        private final class Member extends Listener<T> {

            private final Task<T> task;

            Member(Task<T> task) {
                this.task = task;
            }

            @Override
            boolean settled(@Nullable T value, @Nullable Throwable failure) {
                end(task);
                return !(task instanceof LoopTask<?> own) || !own.keepsFailure();
            }
        }
    }
}
