package dev.asyncloop.websocket;

import dev.asyncloop.IOLoop;
import dev.asyncloop.Task;
import dev.asyncloop.http.FetchRequest;
import dev.asyncloop.net.ConnectionOptions;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FutureListener;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/** The client: its connections, and those that are being opened. */
final class LoopWebSocketClient implements WebSocketClient {

    private static final Pattern SCHEME = Pattern.compile("^ws(?=s?://)", Pattern.CASE_INSENSITIVE);

    private static final Pattern CREDENTIALS = Pattern.compile("//[^/?#]*@");

    private final IOLoop loop;

    private final WebSocketOptions options;

    private final EventLoop eventLoop;

    private final Dialer dialer;

    /** From the call of {@link #connect} until the connection is closed. */
    private final Set<Active> active = ConcurrentHashMap.newKeySet();

    private final WebSocketCounts counts = new WebSocketCounts();

    private final AtomicBoolean closed = new AtomicBoolean();

    /** Closes a client that its owner has not closed before the loop. */
    private final FutureListener<Object> onLoopEnd = end -> close();

    LoopWebSocketClient(IOLoop loop, WebSocketOptions options, ConnectionOptions connection) {
        this.loop = loop;
        this.options = options;
        this.eventLoop = loop.eventLoopGroup().next();
        this.dialer = new Dialer(loop, eventLoop, connection);
        eventLoop.terminationFuture().addListener(onLoopEnd);
    }

    @Override
    public WebSocketOptions options() {
        return options;
    }

    @Override
    public Task<WebSocket> connect(String url) {
        return connect(url, options);
    }

    @Override
    public Task<WebSocket> connect(String url, WebSocketOptions options) {
        if (!SCHEME.matcher(url).find()) {
            throw new IllegalArgumentException(
                    "URL '" + CREDENTIALS.matcher(url).replaceFirst("//")
                            + "' is none of a WebSocket; it has to begin with ws:// or wss://");
        }
        FetchRequest.Builder request = FetchRequest.get(SCHEME.matcher(url).replaceFirst("http"));
        for (Map.Entry<String, String> header : options.headers()) {
            request.header(header.getKey(), header.getValue());
        }
        FetchRequest upgrade = request.build();
        URI uri = URI.create("ws" + upgrade.uri().toString().substring("http".length()));
        return new Opening(this, upgrade, uri, options).begin();
    }

    @Override
    public int active() {
        return active.size();
    }

    @Override
    public WebSocketStatistics statistics() {
        return counts.with(() -> active.stream()
                .filter(LoopWebSocket.class::isInstance)
                .map(LoopWebSocket.class::cast)
                .toList());
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            eventLoop.terminationFuture().removeListener(onLoopEnd);
            if (!onEventLoop(this::end)) {
                end(); // nothing else runs any more
            }
        }
    }

    private void end() {
        List.copyOf(active).forEach(Active::clientClosed);
        closeDialerWhenIdle();
    }

    /** The connections that are open are still to be closed as the protocol wants it. */
    private void closeDialerWhenIdle() {
        if (closed.get() && active.isEmpty()) {
            dialer.close();
        }
    }

    // ---- what the openings ask

    IOLoop loop() {
        return loop;
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    Dialer dialer() {
        return dialer;
    }

    /** Returns whether nothing can be opened any more: this client is closed, or its loop ends. */
    boolean isClosed() {
        return closed.get() || eventLoop.isShuttingDown();
    }

    void begun(Opening opening) {
        active.add(opening);
    }

    /** Of the opening only the WebSocket remains. */
    void opened(Opening opening, LoopWebSocket socket) {
        counts.opened();
        active.add(socket);
        active.remove(opening);
    }

    void ended(Active one) {
        if (active.remove(one)) {
            if (one instanceof LoopWebSocket socket) {
                counts.closed(socket);
            }
            closeDialerWhenIdle();
        }
    }

    /**
     * Has something run on the event loop, later.
     * @return whether it will; not if the loop has ended
     */
    boolean onEventLoop(Runnable action) {
        try {
            eventLoop.execute(action);
            return true;
        } catch (RejectedExecutionException ex) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "WebSocketClient on '" + loop.name() + "' (" + active() + " active)";
    }
}
