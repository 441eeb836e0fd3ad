package dev.asyncloop.websocket;

import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** What has become of WebSockets so far, for who keeps those that are open. Any thread. */
public final class WebSocketCounts {

    private final AtomicLong opened = new AtomicLong();

    private final AtomicLong closed = new AtomicLong();

    /** By those that are closed. */
    private final AtomicLong dropped = new AtomicLong();

    /** What was told last: a WebSocket that is just being closed may be in none of the numbers for a moment. */
    private final AtomicLong toldDropped = new AtomicLong();

    /** Counts from nothing. */
    public WebSocketCounts() {}

    /** One was opened. */
    public void opened() {
        opened.incrementAndGet();
    }

    /** One was closed, and is kept no longer. */
    public void closed(WebSocket socket) {
        dropped.addAndGet(socket.dropped());
        closed.incrementAndGet();
    }

    /**
     * Returns the numbers, with those of the WebSockets that are open.
     * @param those gives them, asked once: after the number of those that are closed was read, so that none is in both
     */
    public WebSocketStatistics with(Supplier<? extends Collection<? extends WebSocket>> those) {
        long queued = 0;
        int longest = 0;
        long lost = dropped.get();
        Collection<? extends WebSocket> open = those.get();
        for (WebSocket socket : open) {
            int waiting = socket.outbox();
            queued += waiting;
            longest = Math.max(longest, waiting);
            lost += socket.dropped();
        }
        return new WebSocketStatistics(
                open.size(),
                opened.get(),
                closed.get(),
                queued,
                longest,
                toldDropped.accumulateAndGet(lost, Math::max));
    }
}
