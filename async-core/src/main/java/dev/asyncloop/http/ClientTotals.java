package dev.asyncloop.http;

import dev.asyncloop.LoopClock;
import dev.asyncloop.http.HttpClientTotals.Outcome;
import dev.asyncloop.http.HttpClientTotals.Phase;
import dev.asyncloop.http.HttpClientTotals.Spent;
import dev.asyncloop.internal.meter.SpentTime;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Adds up what the requests of a client have cost. Changed only by the event loop, read by anybody. */
final class ClientTotals {

    private final Map<Outcome, SpentTime> requests = new EnumMap<>(Outcome.class);

    private final Map<Phase, SpentTime> phases = new EnumMap<>(Phase.class);

    private final LoopClock clock;

    private final long origin;

    private volatile long refused;

    ClientTotals(LoopClock clock) {
        this.clock = clock;
        this.origin = clock.nanoTime();
        for (Outcome outcome : Outcome.values()) {
            requests.put(outcome, new SpentTime());
        }
        for (Phase phase : Phase.values()) {
            phases.put(phase, new SpentTime());
        }
    }

    /** Adds what a request has spent in a phase up to now, by the clock. */
    void spent(Phase phase, long now, long nanos) {
        Objects.requireNonNull(phases.get(phase)).add(now - origin, nanos);
    }

    /** Adds a request that ends now, by the clock. */
    void ended(Outcome outcome, long now, long nanos) {
        Objects.requireNonNull(requests.get(outcome)).add(now - origin, nanos);
    }

    void refused() {
        refused = refused + 1;
    }

    /** Returns the totals. Any thread. */
    HttpClientTotals read(long connected) {
        long now = clock.nanoTime() - origin;
        Map<Outcome, Spent> ended = new EnumMap<>(Outcome.class);
        requests.forEach((outcome, spent) -> ended.put(outcome, read(spent, now)));
        Map<Phase, Spent> parts = new EnumMap<>(Phase.class);
        phases.forEach((phase, spent) -> parts.put(phase, read(spent, now)));
        return new HttpClientTotals(ended, parts, refused, connected);
    }

    private static Spent read(SpentTime spent, long now) {
        return new Spent(spent.count(), Duration.ofNanos(spent.nanos()), Duration.ofNanos(spent.longest(now)));
    }
}
