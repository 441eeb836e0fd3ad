package dev.asyncloop.spring.metrics;

import dev.asyncloop.spring.web.CoroutineRequests;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * The meters of the requests that coroutine handlers have. How long they take is in {@code http.server.requests}.
 */
public final class RequestMetrics implements MeterBinder {

    private final CoroutineRequests requests;

    /** Makes the meters. */
    public RequestMetrics(CoroutineRequests requests) {
        this.requests = requests;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Meters<CoroutineRequests> meters = new Meters<>(registry, requests);
        meters.gauge(IOLoopMeter.REQUESTS_ACTIVE, CoroutineRequests::running);
        meters.gauge(IOLoopMeter.REQUESTS_WAITING, CoroutineRequests::waiting);
        meters.counter(IOLoopMeter.REQUESTS_REFUSED, CoroutineRequests::refused);
    }
}
