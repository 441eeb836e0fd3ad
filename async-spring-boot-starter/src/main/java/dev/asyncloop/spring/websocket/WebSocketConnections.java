package dev.asyncloop.spring.websocket;

import dev.asyncloop.websocket.WebSocketCounts;
import dev.asyncloop.websocket.WebSocketStatistics;
import dev.asyncloop.websocket.WebSockets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * The WebSockets that the application serves. When it stops they are closed with 1001 (going away), and their handlers have
 * {@code spring.lifecycle.timeout-per-shutdown-phase} to end; that comes before the web server finishes its requests. Any
 * thread.
 */
public final class WebSocketConnections implements SmartLifecycle {

    /** As the periodic callbacks: right before the web server. */
    private static final int PHASE = WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 1;

    private final Set<ServedWebSocket> open = ConcurrentHashMap.newKeySet();

    private final WebSocketCounts counts = new WebSocketCounts();

    /** Handlers that have accepted and not ended, and connections that are not closed. */
    private int alive;

    /** What waits for the last of them. */
    private final List<Runnable> onIdle = new ArrayList<>();

    private volatile boolean running;

    /** Makes an empty set. */
    public WebSocketConnections() {}

    /** Returns how many are open. */
    public int count() {
        return open.size();
    }

    /** Returns those that are open, as a copy. */
    public List<WebSocketConnection> list() {
        return List.copyOf(open);
    }

    /** Returns the numbers of those that are open, and of all so far. */
    public WebSocketStatistics statistics() {
        return counts.with(() -> open.stream().map(ServedWebSocket::socket).toList());
    }

    /** Returns whether no more are accepted. */
    boolean isStopped() {
        return !running;
    }

    /**
     * Counts a connection.
     * @param handled whether there is a handler, which will call {@link #handled}
     */
    void opened(ServedWebSocket one, boolean handled) {
        synchronized (this) {
            alive += handled ? 2 : 1;
        }
        counts.opened();
        open.add(one);
        if (!running) {
            WebSockets.goAway(one.socket());
        }
    }

    void closed(ServedWebSocket one) {
        open.remove(one);
        counts.closed(one.socket());
        oneLess();
    }

    void handled() {
        oneLess();
    }

    private void oneLess() {
        List<Runnable> waiting;
        synchronized (this) {
            if (--alive > 0) {
                return;
            }
            waiting = List.copyOf(onIdle);
            onIdle.clear();
        }
        waiting.forEach(Runnable::run);
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        open.forEach(one -> WebSockets.goAway(one.socket()));
        synchronized (this) {
            if (alive > 0) {
                onIdle.add(callback);
                return;
            }
        }
        callback.run();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
