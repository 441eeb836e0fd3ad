package dev.asyncloop;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
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
        return new Ending<>(tasks);
    }

    private static final class Ending<T extends @Nullable Object> implements Iterator<Task<T>>, Compound {

        /** Iterations that nobody goes on with: whoever begins one next has the tasks forget them. */
        private static final ReferenceQueue<Object> ABANDONED = new ReferenceQueue<>();

        private final Coroutine<?> iterating = Coroutine.current("asCompleted");

        private final List<Task<T>> tasks;

        private final Queue<Task<T>> ended = new ArrayDeque<>();

        private int missing;

        private @Nullable Suspension<@Nullable Void> wait;

        Ending(List<Task<T>> tasks) {
            forgetAbandoned();
            this.tasks = tasks;
            this.missing = tasks.size();
            new Members<>(this, tasks).listen();
        }

        private static void forgetAbandoned() {
            Reference<?> abandoned;
            while ((abandoned = ABANDONED.poll()) != null) {
                ((Members<?>) abandoned).forget();
            }
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
            Coroutine<?> self = Coroutine.current("asCompleted");
            if (self.loop() != iterating.loop() || wait != null) {
                throw new IllegalStateException("'" + self.name() + "' was to wait for the next task of an iteration "
                        + "of '" + iterating.name() + "'; each coroutine makes its own with `asCompleted`");
            }
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
        public List<? extends CompletionStage<?>> missing() {
            return tasks.stream().filter(task -> !task.isDone()).toList();
        }

        @Override
        public String toString() {
            return "the next of " + missing + " tasks";
        }
    }

    /** What listens to the tasks for an iteration, and does not keep it alive. */
    private static final class Members<T extends @Nullable Object> extends WeakReference<Ending<T>> {

        private final DefaultIOLoop loop;

        private final List<Member<T>> members = new ArrayList<>();

        Members(Ending<T> ending, List<Task<T>> tasks) {
            super(ending, Ending.ABANDONED);
            this.loop = ending.iterating.loop();
            tasks.forEach(task -> members.add(new Member<>(this, task)));
        }

        void listen() {
            members.forEach(member -> Listener.listen(member.task, member));
        }

        void forget() {
            members.forEach(member -> Listener.forget(member.task, member));
        }
    }

    private static final class Member<T extends @Nullable Object> extends Listener<T> {

        private final Members<T> members;

        private final Task<T> task;

        Member(Members<T> members, Task<T> task) {
            this.members = members;
            this.task = task;
        }

        @Override
        boolean settled(@Nullable T value, @Nullable Throwable failure) {
            Ending<T> ending = members.get();
            if (ending == null) {
                return false;
            }
            if (!(task instanceof LoopTask<?> own) || own.loop != members.loop) {
                members.loop.turn().run(() -> ending.end(task)); // this is the turn of another loop, or none
                return !(task instanceof LoopTask<?> foreign) || !foreign.keepsFailure();
            }
            ending.end(task);
            if (own instanceof Dependent) {
                return true;
            }
            if (failure != null) {
                own.keepFailureFor(ending.iterating); // it may be awaited when the iteration has come to it
            }
            return false;
        }
    }
}
