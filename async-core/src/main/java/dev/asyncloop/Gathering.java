package dev.asyncloop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The values of several stages as one wait. It ends with the last value, and with the first failure if that ends it, else
 * when all have ended.
 */
final class Gathering<T extends @Nullable Object> implements Compound {

    private final List<Member> members = new ArrayList<>();

    private final boolean failFast;

    private final AtomicInteger missing;

    private final Wait<@Nullable Void> wait;

    private final DefaultIOLoop loop;

    private @Nullable Member failedFirst;

    private Gathering(
            Collection<? extends CompletionStage<? extends T>> stages, boolean failFast, Coroutine<?> waiting) {
        this.failFast = failFast;
        this.missing = new AtomicInteger(stages.size());
        this.wait = new Wait<>(waiting, this);
        this.loop = waiting.loop();
        for (CompletionStage<? extends T> stage : stages) {
            members.add(new Member(stage));
        }
    }

    /** Waits for the stages; if that ends otherwise, cancels and forgets them. */
    static <T extends @Nullable Object> List<T> await(
            Coroutine<?> waiting, Collection<? extends CompletionStage<? extends T>> stages, boolean failFast) {
        Gathering<T> gathering = new Gathering<>(stages, failFast, waiting);
        try {
            gathering.await(waiting);
        } catch (Throwable ex) {
            gathering.giveUp();
            throw ex;
        }
        gathering.throwFirstInOrder(waiting);
        return gathering.values();
    }

    private void await(Coroutine<?> waiting) {
        if (members.isEmpty()) {
            wait.settled(null, null);
        } else {
            members.forEach(Member::listen);
        }
        try {
            waiting.finish(wait);
        } catch (Throwable ex) {
            if (failedFirst != null && !wait.isCancelled()) {
                failedFirst.noteAwaited(ex, waiting);
            }
            throw ex;
        }
    }

    private void giveUp() {
        members.forEach(Member::giveUp);
    }

    private void throwFirstInOrder(Coroutine<?> waiting) {
        Throwable first = null;
        for (Member member : members) {
            Throwable failure = member.failure;
            if (failure == null) {
                continue;
            }
            failure = Failures.unwrap(failure);
            if (first == null) {
                first = failure;
                member.noteAwaited(first, waiting);
            } else if (!Failures.suppress(first, failure)) {
                waiting.loop().failureNobodyAwaited(member.stage instanceof LoopTask<?> task ? task : waiting, failure);
            }
            member.tell(true);
        }
        if (first != null) {
            throw Failures.unchecked(first);
        }
    }

    @SuppressWarnings("unchecked")
    private List<T> values() {
        @Nullable Object[] values = new @Nullable Object[members.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = members.get(i).value;
        }
        return (List<T>) Collections.unmodifiableList(Arrays.asList(values));
    }

    @Override
    public List<? extends CompletionStage<?>> missing() {
        return members.stream()
                .filter(member -> !member.heard)
                .map(member -> member.stage)
                .toList();
    }

    @Override
    public String toString() {
        return missing + " of " + members.size() + " tasks";
    }

    /** One of the stages, and what has become of it. */
    private final class Member extends Listener<T> {

        private final CompletionStage<? extends T> stage;

        private @Nullable T value;

        private @Nullable Throwable failure;

        private boolean heard;

        /** Guarded by this, as the stage may be a task of another loop. */
        private boolean givenUp;

        Member(CompletionStage<? extends T> stage) {
            this.stage = stage;
        }

        void listen() {
            Listener.listen(stage, this);
        }

        void noteAwaited(Throwable failure, Coroutine<?> waiting) {
            if (stage instanceof LoopTask<?> task) {
                AwaitedAt.note(failure, task, waiting);
            }
        }

        /** The gathering ends without this one's outcome. */
        void giveUp() {
            Listener.forget(stage, this);
            boolean unheard;
            synchronized (this) {
                givenUp = true;
                unheard = failure != null;
            }
            if (unheard) {
                tell(false);
            }
            if (stage instanceof Future<?> future) {
                cancel(future);
            }
        }

        /** The others are to be cancelled whatever one of somebody else's does. */
        private void cancel(Future<?> future) {
            try {
                future.cancel(false);
            } catch (UnsupportedOperationException ex) {
                // a minimal stage: it goes on
            } catch (RuntimeException ex) {
                loop.failedInside("the cancellation of a gathered stage", ex);
            }
        }

        @Override
        boolean settled(@Nullable T value, @Nullable Throwable failure) {
            if (failure != null && failFast) {
                boolean heard = wait.settled(null, failure);
                if (heard) {
                    failedFirst = this; // read only if it is a task, and then this has the turn
                }
                return heard;
            }
            synchronized (this) {
                if (givenUp) {
                    return false;
                }
                if (failure != null && stage instanceof LoopTask<?> task) {
                    task.mayBeHeard(); // nobody gets to know it until all the others have ended
                }
                this.value = value;
                this.failure = failure;
                this.heard = true;
            }
            if (missing.decrementAndGet() == 0) {
                wait.settled(null, null);
            }
            return false;
        }

        /** Tells the task whether somebody got to know its failure. */
        void tell(boolean known) {
            if (stage instanceof LoopTask<?> task) {
                task.isHeard(known);
            }
        }
    }
}
