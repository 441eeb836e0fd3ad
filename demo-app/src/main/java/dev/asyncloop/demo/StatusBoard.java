package dev.asyncloop.demo;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Task;
import dev.asyncloop.channel.Overflow;
import dev.asyncloop.channel.Subscription;
import dev.asyncloop.channel.Topic;
import dev.asyncloop.spring.Periodic;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;

/**
 * The watches. Plain collections and no lock: everything here runs in the loop's turn, and nobody else runs until it
 * waits.
 */
@Service
class StatusBoard {

    /** Results that come close together go out in one update. */
    private static final Duration GATHERING = Duration.ofMillis(100);

    private final Map<String, Watch> watches = new LinkedHashMap<>();

    private final Topic<Board> updates = Topic.create();

    private final IOLoop loop;

    private final BoardProperties properties;

    private long lastId;

    private long changes;

    private boolean updateComes;

    private Board newest;

    StatusBoard(IOLoop loop, BoardProperties properties) {
        this.loop = loop;
        this.properties = properties;
        this.newest = board();
    }

    /** Probes all watches at once and waits for the last of them. */
    @Periodic(every = "${board.probe-interval:2s}")
    void probeAll() {
        List<Task<ProbeResult>> probes = new ArrayList<>();
        for (Watch watch : watches.values()) {
            probes.add(Async.spawn(() -> probe(watch)));
        }
        Async.gather(probes);
    }

    /**
     * Adds a watch; its first result follows on its own.
     * @throws InvalidInputException if it is watched already, or the board is full
     */
    Watch.View add(String name, URI url, Prober prober) {
        for (Watch watch : watches.values()) {
            if (watch.url().equals(url)) {
                throw new InvalidInputException(
                        HttpStatus.CONFLICT,
                        "url",
                        "'url' \"" + url + "\" is watched already; remove that watch first if you want a new history");
            }
        }
        if (watches.size() >= properties.maxWatches()) {
            throw new InvalidInputException(
                    "url", url.toString(), "is one watch too many", "remove one of the " + watches.size() + " first");
        }
        String id = String.valueOf(++lastId);
        Watch watch = new Watch(id, name, url, prober, properties.historySize());
        watches.put(id, watch);
        loop.spawn("first probe of " + url, () -> probe(watch));
        updateSoon();
        return watch.view();
    }

    /** Removes a watch and returns whether there was one. */
    boolean remove(String id) {
        boolean removed = watches.remove(id) != null;
        updateSoon();
        return removed;
    }

    /** Returns the board as it is now. */
    Board board() {
        List<Watch.View> views = watches.values().stream().map(Watch::view).toList();
        return Board.of(changes, views, properties, loop);
    }

    /** Returns the update that was published last; where a subscriber begins. */
    Board newest() {
        return newest;
    }

    /**
     * Subscribes to the boards after {@link #newest}. An update is the whole board, so who is too slow for one misses nothing by
     * getting only the newest: it keeps one update waiting, never a line of them.
     */
    Subscription<Board> updates() {
        return updates.subscribe(1, Overflow.DROP_OLDEST);
    }

    /** Returns how many have subscribed. */
    int readers() {
        return updates.subscribers();
    }

    /** Ends the open streams, so that a graceful shutdown need not wait for their readers. */
    @EventListener(ContextClosedEvent.class)
    void end() {
        loop.addCallback(updates::close);
    }

    private ProbeResult probe(Watch watch) {
        ProbeResult result = watch.probe();
        updateSoon();
        return result;
    }

    private void updateSoon() {
        changes++;
        if (!updateComes) {
            updateComes = true;
            loop.callLater(GATHERING, () -> {
                updateComes = false;
                newest = board();
                if (!updates.isClosed()) {
                    updates.publish(newest);
                }
            });
        }
    }
}
