package dev.asyncloop.spring.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * Registers meters that read what somebody counts anyway, when they are asked: they cost nothing while nobody does. Meters
 * whose names, tags and types are not those of {@link IOLoopMeter} can't be.
 *
 * @param <T> who counts; not kept from being collected
 */
final class Meters<T> {

    private final MeterRegistry registry;

    private final T source;

    /** The values of the first tags of all of them. */
    private final String[] values;

    Meters(MeterRegistry registry, T source, String... values) {
        this.registry = registry;
        this.source = source;
        this.values = values;
    }

    void gauge(IOLoopMeter meter, ToDoubleFunction<T> value, String... more) {
        Gauge.builder(required(meter, Meter.Type.GAUGE), source, value)
                .description(meter.description())
                .baseUnit(meter.getBaseUnit())
                .tags(tags(meter, more))
                .register(registry);
    }

    void time(IOLoopMeter meter, Function<T, Duration> value, String... more) {
        TimeGauge.builder(
                        required(meter, Meter.Type.GAUGE),
                        source,
                        TimeUnit.NANOSECONDS,
                        from -> value.apply(from).toNanos())
                .description(meter.description())
                .tags(tags(meter, more))
                .register(registry);
    }

    void counter(IOLoopMeter meter, ToDoubleFunction<T> value, String... more) {
        FunctionCounter.builder(required(meter, Meter.Type.COUNTER), source, value)
                .description(meter.description())
                .baseUnit(meter.getBaseUnit())
                .tags(tags(meter, more))
                .register(registry);
    }

    void timer(IOLoopMeter meter, ToLongFunction<T> count, Function<T, Duration> total, String... more) {
        FunctionTimer.builder(
                        required(meter, Meter.Type.TIMER),
                        source,
                        count,
                        from -> total.apply(from).toNanos(),
                        TimeUnit.NANOSECONDS)
                .description(meter.description())
                .tags(tags(meter, more))
                .register(registry);
    }

    private static String required(IOLoopMeter meter, Meter.Type type) {
        if (meter.getType() != type) {
            throw new IllegalArgumentException(meter + " is a " + meter.getType() + ", not a " + type);
        }
        return meter.getName();
    }

    private Tags tags(IOLoopMeter meter, String[] more) {
        String[] all = Stream.concat(Arrays.stream(values), Arrays.stream(more)).toArray(String[]::new);
        IOLoopMeterTag[] keys = meter.tags();
        if (keys.length != all.length) {
            throw new IllegalArgumentException(
                    meter + " has the tags " + Arrays.toString(keys) + ", and was given " + Arrays.toString(all));
        }
        Tags tags = Tags.empty();
        for (int i = 0; i < keys.length; i++) {
            tags = tags.and(keys[i].asString(), all[i]);
        }
        return tags;
    }
}
