package dev.asyncloop.spring.metrics;

import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.util.List;

/** What the meters are called in Prometheus. */
public final class PrometheusNames {

    private static final PrometheusNamingConvention CONVENTION = new PrometheusNamingConvention();

    private PrometheusNames() {}

    /** Returns one name; of a timer two. */
    public static List<String> of(IOLoopMeter meter) {
        String name = CONVENTION.name(meter.getName(), meter.getType(), meter.getBaseUnit());
        return switch (meter.getType()) {
            case TIMER -> List.of(name + "_count", name + "_sum");
            case COUNTER -> List.of(name + "_total");
            default -> List.of(name);
        };
    }
}
