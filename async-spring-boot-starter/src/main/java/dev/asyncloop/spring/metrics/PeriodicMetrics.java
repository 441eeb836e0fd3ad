package dev.asyncloop.spring.metrics;

import dev.asyncloop.PeriodicCallback;
import dev.asyncloop.PeriodicRun.Outcome;
import dev.asyncloop.PeriodicRun.Total;
import dev.asyncloop.PeriodicStatus;
import dev.asyncloop.spring.periodic.PeriodicCallbacks;
import dev.asyncloop.spring.periodic.PeriodicTask;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The meters of {@link dev.asyncloop.spring.Periodic @Periodic} methods, those of beans that are made late included. A bean
 * that is made again begins anew.
 */
public final class PeriodicMetrics implements MeterBinder {

    private static final Total NONE = new Total(0, Duration.ZERO);

    private final PeriodicCallbacks callbacks;

    /** Makes the meters. */
    public PeriodicMetrics(PeriodicCallbacks callbacks) {
        this.callbacks = callbacks;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        callbacks.onTask(name -> bind(new Meters<>(registry, callbacks, name), name));
    }

    /** By name: who has it may be another one later. */
    private static void bind(Meters<PeriodicCallbacks> meters, String name) {
        for (Outcome outcome : Outcome.values()) {
            Function<PeriodicCallbacks, Total> total = all -> total(all, name, outcome);
            meters.timer(
                    IOLoopMeter.PERIODIC_RUNS,
                    all -> total.apply(all).count(),
                    all -> total.apply(all).time(),
                    outcome.name().toLowerCase(Locale.ROOT));
        }
        meters.gauge(IOLoopMeter.PERIODIC_ACTIVE, all -> isRunning(all.task(name)) ? 1 : 0);
        meters.counter(IOLoopMeter.PERIODIC_SKIPPED, all -> skipped(all.task(name)));
    }

    private static Total total(PeriodicCallbacks all, String name, Outcome outcome) {
        PeriodicTask task = all.task(name);
        PeriodicCallback callback = task != null ? task.callback() : null;
        return callback != null ? Objects.requireNonNull(callback.totals().get(outcome)) : NONE;
    }

    private static boolean isRunning(@Nullable PeriodicTask task) {
        return task != null && task.status().state() == PeriodicStatus.State.RUNNING;
    }

    private static long skipped(@Nullable PeriodicTask task) {
        return task != null ? task.status().skipped() : 0;
    }
}
