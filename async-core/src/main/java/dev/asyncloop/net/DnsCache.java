package dev.asyncloop.net;

import java.time.Duration;

/**
 * How long a client remembers what the DNS servers have answered.
 *
 * @param max longest time for a name's addresses, which are remembered as long as the server says, but no longer
 * @param negative time for which it is remembered that a name does not exist; none by default
 */
public record DnsCache(Duration max, Duration negative) {

    private static final DnsCache DEFAULTS = new DnsCache(Duration.ofDays(1), Duration.ZERO);

    public DnsCache {
        if (max.isNegative() || negative.isNegative()) {
            throw new IllegalArgumentException(
                    "Times of the DNS cache must not be negative, but were " + max + " and " + negative);
        }
    }

    /** Returns the defaults: as long as the server says, a day at most, and not that a name does not exist. */
    public static DnsCache defaults() {
        return DEFAULTS;
    }
}
