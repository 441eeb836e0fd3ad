package dev.asyncloop.http;

import dev.asyncloop.LoopClock;
import dev.asyncloop.http.HttpClientTotals.Outcome;
import dev.asyncloop.http.HttpClientTotals.Phase;
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
        boolean connects = makesConnection();
        return new FetchTimings(
                Duration.ofNanos(inLine),
                Duration.ofNanos(queue(end)),
                Duration.ofNanos(connects ? resolve(end) : 0),
                Duration.ofNanos(connects ? connect(end) : 0),
                Duration.ofNanos(connects ? tls(end) : 0),
                Duration.ofNanos(firstByte(end)),
                Duration.ofNanos(responded < 0 ? 0 : end - responded),
                Duration.ofNanos(end));
    }

    /** Adds where the time of the request on its way has gone until now. */
    void addTo(ClientTotals totals) {
        addTo(totals, now());
    }

    private void addTo(ClientTotals totals, long end) {
        long time = start + end;
        totals.spent(Phase.QUEUE, time, queue(end));
        if (makesConnection()) {
            if (resolving >= 0) {
                totals.spent(Phase.RESOLVE, time, resolve(end));
            }
            totals.spent(Phase.CONNECT, time, connect(end));
            long tls = tls(end);
            if (tls > 0) {
                totals.spent(Phase.TLS, time, tls);
            }
        }
        if (connected >= 0) {
            totals.spent(Phase.FIRST_BYTE, time, firstByte(end));
        }
        if (responded >= 0) {
            totals.spent(Phase.BODY, time, end - responded);
        }
    }

    /** Adds the request on its way, and the whole of it, which ends now. */
    void end(ClientTotals totals, Outcome outcome) {
        long end = now();
        addTo(totals, end);
        totals.ended(outcome, start + end, end);
    }

    // ---- the parts, at a time

    private long queue(long end) {
        return (sent < 0 ? end : sent) - inLine;
    }

    /** Whether there was no connection for it, so far as one knows. */
    private boolean makesConnection() {
        return sent >= 0 && (connected < 0 || connection != null);
    }

    /** When it had its connection. */
    private long ready(long end) {
        if (sent < 0) {
            return end;
        }
        return makesConnection() ? connected < 0 ? end : connected : sent;
    }

    private long resolve(long end) {
        return resolving < 0 ? 0 : (resolved < 0 ? ready(end) : resolved) - resolving;
    }

    private long tls(long end) {
        long ready = ready(end);
        return connection == null ? 0 : Math.clamp(connection.tls(start + ready), 0, ready - sent - resolve(end));
    }

    private long connect(long end) {
        return ready(end) - sent - resolve(end) - tls(end);
    }

    private long firstByte(long end) {
        return (responded < 0 ? end : responded) - ready(end);
    }

    private long now() {
        return clock.nanoTime() - start;
    }
}
