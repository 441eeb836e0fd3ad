package dev.asyncloop.http;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Counts the connections and those that nobody uses. Changed only by the event loop; the counts are read by anybody. */
final class OpenConnections {

    private static final AttributeKey<Use> KEY = AttributeKey.valueOf(OpenConnections.class.getName());

    private final Map<String, Count> origins = new ConcurrentHashMap<>();

    private final Count all = new Count();

    private volatile long taken;

    /** Somebody has this connection now; with HTTP/2 together with others. */
    void taken(Channel connection, String origin) {
        Use use = connection.attr(KEY).get();
        if (use == null) {
            Count count = origins.computeIfAbsent(origin, name -> new Count());
            Use first = new Use(count);
            connection.attr(KEY).set(first);
            add(count, 1, 1);
            taken = taken + 1;
            connection.closeFuture().addListener(closed -> closed(origin, first));
            use = first;
        }
        if (use.requests++ == 0) {
            add(use.count, 0, -1);
        }
    }

    /** Somebody who had this connection has it no more. */
    void returned(Channel connection) {
        Use use = connection.attr(KEY).get();
        if (use != null && --use.requests == 0 && !use.closed) {
            add(use.count, 0, 1);
        }
    }

    private void closed(String origin, Use use) {
        use.closed = true;
        add(use.count, -1, use.requests == 0 ? -1 : 0);
        if (use.count.open == 0) {
            origins.remove(origin, use.count);
        }
    }

    private void add(Count count, int open, int idle) {
        count.open = count.open + open;
        count.idle = count.idle + idle;
        all.open = all.open + open;
        all.idle = all.idle + idle;
    }

    /** Returns how many there have been. Any thread. */
    long total() {
        return taken;
    }

    /** Returns the count of all. Any thread. */
    Count all() {
        return all;
    }

    /** Returns the count of one origin, or {@code null} if there is no connection to it. Any thread. */
    @Nullable
    Count of(String origin) {
        return origins.get(origin);
    }

    /** Returns the origins that there are connections to. Any thread. */
    Iterable<String> origins() {
        return origins.keySet();
    }

    /** How many there are. */
    static final class Count {

        private volatile int open;

        private volatile int idle;

        int open() {
            return open;
        }

        int idle() {
            return idle;
        }
    }

    private static final class Use {

        final Count count;

        int requests;

        boolean closed;

        Use(Count count) {
            this.count = count;
        }
    }
}
