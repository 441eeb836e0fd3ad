package dev.asyncloop;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The values of several stages as one wait, which ends with the last value or the first failure.
 */
final class Gathering<T extends @Nullable Object> {

    private final @Nullable Object[] values;

    private final AtomicInteger missing;

    private final Wait<List<T>> wait;

    private Gathering(int size, Wait<List<T>> wait) {
        this.values = new @Nullable Object[size];
        this.missing = new AtomicInteger(size);
        this.wait = wait;
    }

    static <T extends @Nullable Object> void start(
            Collection<? extends CompletionStage<? extends T>> stages, Wait<List<T>> wait) {
        if (stages.isEmpty()) {
            wait.accept(List.of(), null);
            return;
        }
        Gathering<T> gathering = new Gathering<>(stages.size(), wait);
        int index = 0;
        for (CompletionStage<? extends T> stage : stages) {
            int place = index++;
            LoopTask.listenWhileWaiting(stage, (value, failure) -> gathering.put(place, value, failure));
        }
    }

    @SuppressWarnings("unchecked")
    private boolean put(int place, @Nullable Object value, @Nullable Throwable failure) {
        if (failure != null) {
            return wait.complete(null, failure);
        }
        values[place] = value;
        if (missing.decrementAndGet() == 0) {
            wait.accept((List<T>) Collections.unmodifiableList(Arrays.asList(values)), null);
        }
        return true;
    }
}
