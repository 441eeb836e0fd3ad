package dev.asyncloop.http;

import dev.asyncloop.LoopClock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Notes when a fetch comes to what, from the call on. Each mark is set once for each request. */
final class FetchTimer {

    private static final long NOT_YET = -1;

    private final LoopClock clock;

    private final long start;

    // nanoseconds since the start, for the request on its way

    private long inLine;

    private long sent = NOT_YET;

    private long resolving = NOT_YET;

    private long resolved = NOT_YET;

    private long connected = NOT_YET;

    private long responded = NOT_YET;

    private @Nullable ConnectTimes connection;

    FetchTimer(LoopClock clock) {
        this.clock = clock;
        this.start = clock.nanoTime();
    }

    /** The next request begins, at the end of the line. */
    void inLine() {
        inLine = now();
        sent = NOT_YET;
        resolving = NOT_YET;
        resolved = NOT_YET;
        connected = NOT_YET;
        responded = NOT_YET;
        connection = null;
    }

    /** It has its slot. */
    void sent() {
        sent = now();
    }

    /** A connection is made for it. */
    void resolving(ConnectTimes connecting) {
        if (resolving == NOT_YET) { // else for another address
            resolving = now();
        }
        connection = connecting;
    }

    /** The addresses are known. */
    void resolved() {
        resolved = now();
    }

    /** It has a connection, which may have been there before. */
    void connected(ConnectTimes times) {
        connected = now();
        connection = times.ready() - start > sent ? times : null;
    }

    /** Status and headers have come. */
    void responded() {
        responded = now();
    }

    Duration elapsed() {
        return Duration.ofNanos(now());
    }

    /** Returns where the time has gone until now. */
    FetchTimings timings() {
        long end = now();
        long queue = (sent < 0 ? end : sent) - inLine;
        long resolve = 0;
        long connect = 0;
        long tls = 0;
        long ready = sent < 0 ? end : sent;
        if (sent >= 0 && (connected < 0 || connection != null)) {
            ready = connected < 0 ? end : connected;
            resolve = resolving < 0 ? 0 : (resolved < 0 ? ready : resolved) - resolving;
            tls = connection == null ? 0 : Math.clamp(connection.tls(start + ready), 0, ready - sent - resolve);
            connect = ready - sent - resolve - tls;
        }
        long firstByte = (responded < 0 ? end : responded) - ready;
        return new FetchTimings(
                Duration.ofNanos(inLine),
                Duration.ofNanos(queue),
                Duration.ofNanos(resolve),
                Duration.ofNanos(connect),
                Duration.ofNanos(tls),
                Duration.ofNanos(firstByte),
                Duration.ofNanos(responded < 0 ? 0 : end - responded),
                Duration.ofNanos(end));
    }

    private long now() {
        return clock.nanoTime() - start;
    }
}
