package dev.asyncloop.spring.metrics;

import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopTotals;
import dev.asyncloop.LoopTotals.Lived;
import dev.asyncloop.LoopTotals.Outcome;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * The meters of loops: how late and how busy they are, their coroutines and their executor. How long coroutines live is there
 * for loops with {@code timedCoroutines}.
 */
public final class IOLoopMetrics implements MeterBinder {

    private final List<IOLoop> loops;

    /** Makes the meters of loops with different names. */
    public IOLoopMetrics(Collection<IOLoop> loops) {
        this.loops = List.copyOf(loops);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (IOLoop loop : loops) {
            bind(new Meters<>(registry, loop, loop.name()), loop);
        }
    }

    private static void bind(Meters<IOLoop> meters, IOLoop loop) {
        meters.time(IOLoopMeter.LAG, from -> from.statistics().lag());
        meters.time(IOLoopMeter.LAG_MAX, from -> from.statistics().maxLag());
        meters.time(IOLoopMeter.LAG_PERCENTILE, from -> from.statistics().medianLag(), "0.5");
        meters.time(IOLoopMeter.LAG_PERCENTILE, from -> from.statistics().p99Lag(), "0.99");
        meters.time(IOLoopMeter.STALLED, from -> from.statistics().stalledFor());
        meters.time(IOLoopMeter.HELD, from -> from.statistics().heldFor());
        meters.counter(IOLoopMeter.BUSY, from -> seconds(from.totals().busy()));
        meters.gauge(IOLoopMeter.BUSY_SHARE, from -> from.statistics().busyShare());
        meters.counter(IOLoopMeter.TURNS, from -> from.statistics().turns());
        meters.gauge(IOLoopMeter.WAITING, from -> from.statistics().waiting());
        meters.gauge(IOLoopMeter.TIMERS, from -> from.statistics().timers());
        meters.counter(IOLoopMeter.SLOW_CALLBACKS, from -> from.statistics().slowCallbacks());
        meters.gauge(IOLoopMeter.COROUTINES_LIVE, from -> from.statistics().live());
        meters.counter(IOLoopMeter.COROUTINES_STARTED, from -> from.statistics().started());
        meters.counter(IOLoopMeter.COROUTINES_FAILURES, from -> from.statistics().failures());
        bindDurations(meters, "coroutine", loop, LoopTotals::coroutines);
        bindDurations(meters, "callback", loop, LoopTotals::callbacks);
        meters.gauge(IOLoopMeter.EXECUTOR_THREADS, from -> from.statistics().executorThreads());
        meters.gauge(IOLoopMeter.EXECUTOR_ACTIVE, from -> from.statistics().executorActive());
        meters.gauge(IOLoopMeter.EXECUTOR_WAITING, from -> from.statistics().executorWaiting());
        meters.counter(IOLoopMeter.EXECUTOR_COMPLETED, from -> from.totals().executorCalls());
        meters.counter(IOLoopMeter.EXECUTOR_REFUSED, from -> from.totals().executorRefused());
    }

    private static void bindDurations(
            Meters<IOLoop> meters, String kind, IOLoop loop, Function<LoopTotals, Map<Outcome, Lived>> all) {
        for (Outcome outcome : all.apply(loop.totals()).keySet()) {
            Function<IOLoop, Lived> lived =
                    from -> Objects.requireNonNull(all.apply(from.totals()).get(outcome));
            String name = outcome.name().toLowerCase(Locale.ROOT);
            meters.timer(
                    IOLoopMeter.COROUTINES_DURATION,
                    from -> lived.apply(from).count(),
                    from -> lived.apply(from).time(),
                    kind,
                    name);
            meters.time(
                    IOLoopMeter.COROUTINES_DURATION_MAX,
                    from -> lived.apply(from).longest(),
                    kind,
                    name);
        }
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
