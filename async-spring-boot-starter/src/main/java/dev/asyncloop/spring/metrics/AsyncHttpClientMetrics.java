package dev.asyncloop.spring.metrics;

import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.HttpClientTotals.Outcome;
import dev.asyncloop.http.HttpClientTotals.Phase;
import dev.asyncloop.http.HttpClientTotals.Spent;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * The meters of HTTP clients: their requests, where the time of these has gone, their lines and their connections.
 */
public final class AsyncHttpClientMetrics implements MeterBinder {

    private final Map<String, AsyncHttpClient> clients;

    /** Makes the meters of clients, each with its name. */
    public AsyncHttpClientMetrics(Map<String, AsyncHttpClient> clients) {
        this.clients = Map.copyOf(clients);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        clients.forEach((name, client) -> bind(new Meters<>(registry, client, name)));
    }

    private static void bind(Meters<AsyncHttpClient> meters) {
        for (Outcome outcome : Outcome.values()) {
            Function<AsyncHttpClient, Spent> spent =
                    client -> Objects.requireNonNull(client.totals().requests().get(outcome));
            meters.timer(
                    IOLoopMeter.CLIENT_REQUESTS,
                    client -> spent.apply(client).count(),
                    client -> spent.apply(client).time(),
                    value(outcome));
        }
        for (Phase phase : Phase.values()) {
            Function<AsyncHttpClient, Spent> spent =
                    client -> Objects.requireNonNull(client.totals().phases().get(phase));
            meters.timer(
                    IOLoopMeter.CLIENT_PHASE,
                    client -> spent.apply(client).count(),
                    client -> spent.apply(client).time(),
                    value(phase));
            meters.time(
                    IOLoopMeter.CLIENT_PHASE_MAX, client -> spent.apply(client).longest(), value(phase));
        }
        meters.gauge(IOLoopMeter.CLIENT_ACTIVE, AsyncHttpClient::active);
        meters.gauge(IOLoopMeter.CLIENT_WAITING, AsyncHttpClient::queued);
        meters.counter(IOLoopMeter.CLIENT_REFUSED, client -> client.totals().refused());
        meters.gauge(IOLoopMeter.CLIENT_CONNECTIONS, AsyncHttpClient::idle, "idle");
        meters.gauge(IOLoopMeter.CLIENT_CONNECTIONS, AsyncHttpClientMetrics::inUse, "active");
        meters.counter(
                IOLoopMeter.CLIENT_CONNECTIONS_OPENED, client -> client.totals().connected());
    }

    private static int inUse(AsyncHttpClient client) {
        var now = client.statistics();
        return Math.max(0, now.connections() - now.idle());
    }

    private static String value(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
