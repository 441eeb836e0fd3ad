package dev.asyncloop.websocket;

import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopClosedException;
import dev.asyncloop.TimerHandle;
import io.netty.channel.EventLoop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Pings the peer now and then, and notices that it is gone. Has one timer at a time, of the loop; all else happens on the
 * event loop.
 *
 * <pre>
 *   |-- interval --|ping|-- timeout --|pong?|-- interval minus timeout --|ping|-- ...
 * </pre>
 *
 * A ping stands behind what was sent before. As long as the peer takes some of that within each timeout, it is there; the
 * timeout for the pong begins when the ping has left.
 */
final class Heartbeat {

    private final IOLoop loop;

    private final EventLoop eventLoop;

    private final @Nullable Duration interval;

    private final Duration timeout;

    private final Peer peer;

    private @Nullable TimerHandle timer;

    private boolean stopped;

    /** When the ping has left, as far as is known. */
    private long sent;

    /** Since the last ping a pong has come, or it could not because nobody read it. */
    private boolean excused;

    /** Told when the pong is there. */
    private Runnable answered = () -> {};

    Heartbeat(IOLoop loop, EventLoop eventLoop, WebSocketOptions options, Peer peer) {
        this.loop = loop;
        this.eventLoop = eventLoop;
        this.interval = options.pingInterval();
        this.timeout = options.pingTimeout();
        this.peer = peer;
    }

    void start() {
        if (interval != null) {
            after(interval, this::ping);
        }
    }

    private void ping() {
        excused = false;
        answered.run();
        answered = loop.clock().expect("the pong of a WebSocket");
        sent();
        peer.ping();
        after(timeout, this::check);
    }

    /** The ping has left: if only now, the pong has as long as ever. */
    void sent() {
        sent = loop.clock().nanoTime();
    }

    private void check() {
        if (excused) {
            pingAfterRest();
            return;
        }
        Duration left = timeout.minusNanos(loop.clock().nanoTime() - sent);
        if (left.isPositive()) {
            after(left, this::check);
        } else if (peer.takesWhatIsBefore()) {
            after(timeout, this::check);
        } else {
            stop();
            peer.isGone();
        }
    }

    private void pingAfterRest() {
        if (interval != null && interval.compareTo(timeout) > 0) {
            after(interval.minus(timeout), this::ping);
        } else {
            ping();
        }
    }

    private void after(Duration delay, Runnable action) {
        try {
            timer = loop.callLater(
                    "WebSocket ping",
                    delay,
                    () -> eventLoop.execute(() -> {
                        if (!stopped) {
                            action.run();
                        }
                    }));
        } catch (LoopClosedException ex) {
            stopped = true; // closing: that ends the connection, too
        }
    }

    /** The peer is there, or nothing is known about it because nobody reads. */
    void excuse() {
        excused = true;
        answered.run();
    }

    void stop() {
        stopped = true;
        answered.run();
        if (timer != null) {
            timer.cancel();
        }
    }

    /** Who is pinged. */
    interface Peer {

        /** Sends it a ping; {@link #sent} is told if that does not leave at once. */
        void ping();

        /** Returns whether the ping has not left, but there is less before it than when this was asked, or it was sent, last. */
        boolean takesWhatIsBefore();

        /** It has not answered. */
        void isGone();
    }
}
