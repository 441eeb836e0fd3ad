package dev.asyncloop.spring.metrics;

import dev.asyncloop.spring.websocket.WebSocketConnections;
import dev.asyncloop.websocket.WebSocketClient;
import dev.asyncloop.websocket.WebSocketStatistics;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The meters of WebSockets: those that the application serves, and those of its clients.
 */
public final class WebSocketMetrics implements MeterBinder {

    private final @Nullable WebSocketConnections served;

    private final Map<String, WebSocketClient> clients;

    /**
     * Makes the meters.
     * @param served those that the application serves, if it can
     * @param clients each with its name
     */
    public WebSocketMetrics(@Nullable WebSocketConnections served, Map<String, WebSocketClient> clients) {
        this.served = served;
        this.clients = Map.copyOf(clients);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        if (served != null) {
            bind(
                    new Meters<>(registry, served, "server", KeyValue.NONE_VALUE),
                    WebSocketConnections::statistics);
        }
        clients.forEach((name, client) ->
                bind(new Meters<>(registry, client, "client", name), WebSocketClient::statistics));
    }

    private static <T> void bind(Meters<T> meters, Function<T, WebSocketStatistics> numbers) {
        meters.gauge(
                IOLoopMeter.WEBSOCKET_CONNECTIONS, from -> numbers.apply(from).open());
        meters.counter(
                IOLoopMeter.WEBSOCKET_OPENED, from -> numbers.apply(from).opened());
        meters.counter(
                IOLoopMeter.WEBSOCKET_CLOSED, from -> numbers.apply(from).closed());
        meters.gauge(
                IOLoopMeter.WEBSOCKET_OUTBOX, from -> numbers.apply(from).queued());
        meters.gauge(
                IOLoopMeter.WEBSOCKET_OUTBOX_MAX, from -> numbers.apply(from).longestQueue());
        meters.counter(
                IOLoopMeter.WEBSOCKET_DROPPED, from -> numbers.apply(from).dropped());
    }
}
