package dev.asyncloop.websocket;

import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopClosedException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the handler of a served WebSocket does not notice the end of it. One that receives does, when it comes to
 * that; but it may wait for something else, or never receive at all.
 */
final class Departure {

    /** A handler that was just started may still come to receive. */
    private static final Duration FIRST_LOOK = Duration.ofMillis(100);

    private final IOLoop loop;

    private final Duration patience;

    /** The coroutine that has accepted: each has a thread of its own. */
    private final Thread handler = Thread.currentThread();

    private @Nullable Runnable left;

    /** How often the handler has begun or ended to receive. */
    private int looks;

    private boolean lingering;

    Departure(IOLoop loop, Duration patience, Runnable left) {
        this.loop = loop;
        this.patience = patience;
        this.left = left;
    }

    /** The handler is about to receive something, or has. */
    synchronized void looked() {
        looks++;
    }

    /** Somebody closes it; if it is the handler, that knows of the end. */
    synchronized void closing() {
        if (Thread.currentThread() == handler) {
            left = null;
        }
    }

    /** The peer can't hear anything any more. */
    void atOnce() {
        Runnable action;
        synchronized (this) {
            action = left;
            left = null;
        }
        if (action != null) {
            action.run();
        }
    }

    /**
     * It has ended, and the handler may see so.
     * @param nothingLeft whether there is nothing to receive but the end
     */
    void whenNotNoticed(boolean nothingLeft) {
        int seen;
        synchronized (this) {
            if (lingering || left == null) {
                return;
            }
            lingering = true;
            seen = looks;
        }
        lookAgain(seen, seen == 0 && nothingLeft ? FIRST_LOOK : patience);
    }

    private void lookAgain(int seen, Duration delay) {
        try {
            loop.callLater("WebSocket was left", delay, () -> {
                int now = looks();
                if (now == seen) {
                    atOnce();
                } else {
                    lookAgain(now, patience);
                }
            });
        } catch (LoopClosedException ex) {
            atOnce();
        }
    }

    private synchronized int looks() {
        return looks;
    }
}
