package dev.asyncloop.demo;

import dev.asyncloop.IOLoop;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One watched URL and its newest results. Used in the loop's turn only, so it needs no lock. */
final class Watch {

    private final String id;

    private final String name;

    private final URI url;

    private final Prober prober;

    private final int historySize;

    private final Deque<Bar> history = new ArrayDeque<>();

    private @Nullable ProbeResult last;

    private long probes;

    Watch(String id, String name, URI url, Prober prober, int historySize) {
        this.id = id;
        this.name = name;
        this.url = url;
        this.prober = prober;
        this.historySize = historySize;
    }

    URI url() {
        return url;
    }

    /** Fetches the URL and keeps what was found. Waits. */
    ProbeResult probe() {
        ProbeResult result = prober.probe(url);
        if (history.size() == historySize) {
            history.removeFirst();
        }
        history.addLast(new Bar(IOLoop.current().clock().instant().toEpochMilli(), result.state(), result.millis()));
        last = result;
        probes++;
        return result;
    }

    View view() {
        return new View(id, name, url.toString(), probes, last, List.copyOf(history));
    }

    /**
     * A watch as the API shows it.
     *
     * @param probes how often it was probed; tells a reader whether there is news
     * @param last what was found last, if anything was yet
     * @param history oldest first
     */
    record View(
            String id,
            String name,
            String url,
            long probes,
            @Nullable ProbeResult last,
            List<Bar> history) {}

    /**
     * What the history keeps to draw.
     *
     * @param at when that was, in milliseconds since 1970
     */
    record Bar(long at, State state, long millis) {}
}
