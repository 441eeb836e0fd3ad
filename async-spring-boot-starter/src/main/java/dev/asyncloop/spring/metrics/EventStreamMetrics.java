package dev.asyncloop.spring.metrics;

import dev.asyncloop.spring.web.stream.EventStreams;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * The meters of the event streams that the application serves.
 */
public final class EventStreamMetrics implements MeterBinder {

    private final EventStreams streams;

    /** Makes the meters. */
    public EventStreamMetrics(EventStreams streams) {
        this.streams = streams;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Meters<EventStreams> meters = new Meters<>(registry, streams);
        meters.gauge(IOLoopMeter.SSE_CONNECTIONS, EventStreams::count);
        meters.counter(IOLoopMeter.SSE_OPENED, EventStreams::opened);
        meters.counter(IOLoopMeter.SSE_CLOSED, EventStreams::closed);
        meters.gauge(IOLoopMeter.SSE_OUTBOX, EventStreams::waitingBytes);
    }
}
