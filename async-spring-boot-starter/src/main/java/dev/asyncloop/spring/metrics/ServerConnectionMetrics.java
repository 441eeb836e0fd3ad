package dev.asyncloop.spring.metrics;

import dev.asyncloop.spring.connection.ConnectionLimits;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * The meters of the web server's connections.
 */
public final class ServerConnectionMetrics implements MeterBinder {

    private final ConnectionLimits connections;

    /** Makes the meters. */
    public ServerConnectionMetrics(ConnectionLimits connections) {
        this.connections = connections;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Meters<ConnectionLimits> meters = new Meters<>(registry, connections);
        meters.gauge(IOLoopMeter.SERVER_CONNECTIONS, ConnectionLimits::open);
        meters.counter(IOLoopMeter.SERVER_CONNECTIONS_OPENED, ConnectionLimits::opened);
    }
}
