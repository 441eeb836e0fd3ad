package dev.asyncloop;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the calls of one {@link PeriodicCallback} have come to. Written by one at a time, under its lock; read by any thread. */
final class PeriodicRuns {

    private final ArrayDeque<PeriodicRun> history = new ArrayDeque<>();

    private @Nullable PeriodicRun lastFailure;

    private @Nullable Throwable lastThrown;

    private volatile long begun;

    private volatile long skipped;

    private volatile long failures;

    void begun() {
        begun++;
    }

    void skipped(long times) {
        skipped += times;
    }

    void ended(PeriodicRun run, @Nullable Throwable failure) {
        if (history.size() == PeriodicCallback.HISTORY) {
            history.removeLast();
        }
        history.addFirst(run);
        if (run.outcome().isFailure()) {
            failures++;
            lastFailure = run;
            lastThrown = failure;
        } else if (run.outcome() == PeriodicRun.Outcome.SKIPPED) {
            skipped++;
        }
    }

    long count() {
        return begun;
    }

    long skipped() {
        return skipped;
    }

    long failures() {
        return failures;
    }

    @Nullable
    PeriodicRun last() {
        return history.peekFirst();
    }

    @Nullable
    PeriodicRun lastFailure() {
        return lastFailure;
    }

    @Nullable
    Throwable lastThrown() {
        return lastThrown;
    }

    List<PeriodicRun> history() {
        return List.copyOf(history);
    }
}
