package dev.asyncloop.demo;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Task;
import dev.asyncloop.spring.Periodic;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private final IOLoop loop;

    private final BoardFeed feed;

    private final BoardProperties properties;

    private long lastId;

    private boolean updateComes;

    StatusBoard(IOLoop loop, BoardFeed feed, BoardProperties properties) {
        this.loop = loop;
        this.feed = feed;
        this.properties = properties;
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
        return Board.of(views, properties.historySize(), loop);
    }

    private ProbeResult probe(Watch watch) {
        ProbeResult result = watch.probe();
        updateSoon();
        return result;
    }

    private void updateSoon() {
        if (!updateComes) {
            updateComes = true;
            loop.callLater(GATHERING, () -> {
                updateComes = false;
                feed.publish(board());
            });
        }
    }
}
