package dev.asyncloop.http;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The slots of a client, and the line of those who wait for one: first in, first out, except that who waits for a busy
 * origin lets those for others pass. Touched only by the event loop; the two counts are read by anybody.
 */
final class Slots {

    private final int maxTotal;

    private final int maxPerOrigin;

    private final int maxQueued;

    private final Map<String, Integer> busy = new HashMap<>();

    private final Set<Exchange> line = new LinkedHashSet<>();

    private volatile int active;

    private volatile int queued;

    Slots(HttpClientOptions options) {
        this.maxTotal = options.maxTotal();
        this.maxPerOrigin = options.maxPerOrigin();
        this.maxQueued = options.maxQueued();
    }

    int active() {
        return active;
    }

    int queued() {
        return queued;
    }

    /**
     * Takes a slot, or stands in line.
     * @return {@code true} with a slot, {@code false} in line, {@code null} if the line is full
     */
    @Nullable
    Boolean take(Exchange exchange) {
        if (isFree(exchange.origin())) {
            occupy(exchange.origin());
            return true;
        }
        if (line.size() >= maxQueued) {
            return null;
        }
        line.add(exchange);
        queued = line.size();
        return false;
    }

    private boolean isFree(String origin) {
        return active < maxTotal && busy.getOrDefault(origin, 0) < maxPerOrigin;
    }

    private void occupy(String origin) {
        active = active + 1;
        busy.merge(origin, 1, Integer::sum);
    }

    /** Leaves the line without a slot. */
    void leave(Exchange exchange) {
        line.remove(exchange);
        queued = line.size();
    }

    /** Gives a slot back and hands what is free now to those who wait longest. */
    void release(String origin) {
        active = active - 1;
        busy.computeIfPresent(origin, (key, count) -> count == 1 ? null : count - 1);
        if (line.isEmpty()) {
            return;
        }
        ArrayDeque<Exchange> next = new ArrayDeque<>();
        for (Iterator<Exchange> waiting = line.iterator(); active < maxTotal && waiting.hasNext(); ) {
            Exchange exchange = waiting.next();
            if (isFree(exchange.origin())) {
                waiting.remove();
                occupy(exchange.origin());
                next.add(exchange);
            }
        }
        queued = line.size();
        next.forEach(Exchange::send);
    }
}
