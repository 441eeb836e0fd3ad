package dev.asyncloop;

import dev.asyncloop.internal.meter.SpentTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the calls of one {@link PeriodicCallback} have come to. Written by one at a time, under its lock; read by any thread. */
final class PeriodicRuns {

    private final ArrayDeque<PeriodicRun> history = new ArrayDeque<>();

    private final Map<PeriodicRun.Outcome, SpentTime> totals = new EnumMap<>(PeriodicRun.Outcome.class);

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
        totals.computeIfAbsent(run.outcome(), outcome -> new SpentTime())
                .add(0, run.duration().toNanos());
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

    Map<PeriodicRun.Outcome, PeriodicRun.Total> totals() {
        Map<PeriodicRun.Outcome, PeriodicRun.Total> read = new EnumMap<>(PeriodicRun.Outcome.class);
        for (PeriodicRun.Outcome outcome : PeriodicRun.Outcome.values()) {
            SpentTime spent = totals.get(outcome);
            read.put(
                    outcome,
                    spent == null
                            ? new PeriodicRun.Total(0, Duration.ZERO)
                            : new PeriodicRun.Total(spent.count(), Duration.ofNanos(spent.nanos())));
        }
        return read;
    }

    List<PeriodicRun> history() {
        return List.copyOf(history);
    }
}
