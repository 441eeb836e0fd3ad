package dev.asyncloop.spring.actuate;

import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.HttpClientOptions;
import dev.asyncloop.http.HttpClientStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The requests of HTTP clients that have a slot, and those that wait for one: a line {@code http-client} for the client, or
 * {@code http-client <its name>} if there are several, and one for each origin, such as
 * {@code http-client https://a.example:443}, for which requests wait. Any thread.
 */
public final class HttpClientLines implements WaitingLines {

    private static final String NAME = "http-client";

    private final Map<String, AsyncHttpClient> clients;

    /** Makes the lines of clients, each with its name. */
    public HttpClientLines(Map<String, AsyncHttpClient> clients) {
        this.clients = Map.copyOf(clients);
    }

    @Override
    public List<WaitingLine> lines() {
        List<WaitingLine> lines = new ArrayList<>();
        clients.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(client -> {
            String name = clients.size() == 1 ? NAME : NAME + " " + client.getKey();
            add(lines, name, client.getValue());
        });
        return lines;
    }

    private static void add(List<WaitingLine> lines, String name, AsyncHttpClient client) {
        HttpClientOptions options = client.options();
        HttpClientStatistics numbers = client.statistics();
        lines.add(new WaitingLine(
                name,
                numbers.active(),
                options.maxTotal(),
                numbers.queued(),
                options.maxQueued(),
                client.totals().refused()));
        numbers.origins().stream()
                .filter(origin -> origin.queued() > 0)
                .map(origin -> new WaitingLine(
                        name + " " + origin.name(),
                        origin.active(),
                        options.maxPerOrigin(),
                        origin.queued(),
                        null,
                        null))
                .forEach(lines::add);
    }
}
