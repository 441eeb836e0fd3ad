package dev.asyncloop.testing;

import dev.asyncloop.LoopClock;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;

/** The clock of a loop as Java's own kind. */
final class JavaClock extends Clock {

    private final LoopClock clock;

    private final ZoneId zone;

    JavaClock(LoopClock clock, ZoneId zone) {
        this.clock = clock;
        this.zone = zone;
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
        return new JavaClock(clock, other);
    }

    @Override
    public Instant instant() {
        return clock.instant();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JavaClock java && java.clock.equals(clock) && java.zone.equals(zone);
    }

    @Override
    public int hashCode() {
        return 31 * clock.hashCode() + zone.hashCode();
    }

    @Override
    public String toString() {
        return clock + " in " + zone;
    }
}
