package dev.asyncloop.websocket;

import dev.asyncloop.IOLoop;
import dev.asyncloop.Suspension;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** The pings whose coroutines wait for a pong, in the order in which they were sent. Only on the event loop. */
final class Pings {

    /** One of them; not sent before the connection takes it. */
    static final class Ping {

        private final byte[] payload;

        private final Suspension<Duration> waiting;

        private boolean sent;

        private long sentAt;

        /** Told when the pong is there. */
        private Runnable answered = () -> {};

        Ping(byte[] payload, Suspension<Duration> waiting) {
            this.payload = payload;
            this.waiting = waiting;
        }

        void fail(WebSocketClosedException failure) {
            answered.run();
            waiting.fail(failure);
        }
    }

    private final IOLoop loop;

    private final ArrayDeque<Ping> pings = new ArrayDeque<>(0);

    Pings(IOLoop loop) {
        this.loop = loop;
    }

    void add(Ping ping) {
        pings.add(ping);
    }

    /** Forgets one whose coroutine does not wait any more. */
    void remove(Ping ping) {
        pings.remove(ping);
        ping.answered.run();
    }

    /** Returns the payload of the first one that was not sent yet, which is regarded as sent from now on. */
    byte @Nullable [] send() {
        for (Ping ping : pings) {
            if (!ping.sent) {
                ping.sent = true;
                ping.sentAt = loop.clock().nanoTime();
                ping.answered = loop.clock().expect("a pong");
                return ping.payload;
            }
        }
        return null;
    }

    /** A pong answers its ping and those before it: a peer may answer only the last of several. */
    void answered(byte[] payload) {
        if (pings.stream().noneMatch(ping -> ping.sent && Arrays.equals(ping.payload, payload))) {
            return; // of our own pings, or of nobody's
        }
        Iterator<Ping> first = pings.iterator();
        while (first.hasNext()) {
            Ping ping = first.next();
            first.remove();
            ping.answered.run();
            ping.waiting.resume(Duration.ofNanos(loop.clock().nanoTime() - ping.sentAt));
            if (Arrays.equals(ping.payload, payload)) {
                return;
            }
        }
    }

    void fail(WebSocketClosedException failure) {
        Ping ping;
        while ((ping = pings.poll()) != null) {
            ping.fail(failure);
        }
    }
}
