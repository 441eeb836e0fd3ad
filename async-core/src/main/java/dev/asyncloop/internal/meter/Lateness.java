package dev.asyncloop.internal.meter;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * How late things were in the last 13 to 17 seconds: the greatest lateness, and those that a share of them did not exceed,
 * to an eighth. Told by one thread at a time, asked by any. To note one allocates nothing and is a few plain reads and writes.
 */
public final class Lateness {

    /** A slot is 2^32 ns, a little more than four seconds. */
    private static final int SLOT_BITS = 32;

    /** A power of two, and more than are shown: who asks is not disturbed by who begins a new one. */
    private static final int SLOTS = 8;

    private static final int SHOWN = 4;

    /** Less than 2^10 ns, a microsecond, is one bucket; above it each doubling has so many, 2^3. */
    private static final int LEAST_BITS = 10;

    private static final int STEP_BITS = 3;

    /** What is more than 2^38 ns, four and a half minutes, counts as that. */
    private static final int DOUBLINGS = 28;

    private static final int BUCKETS = 1 + (DOUBLINGS << STEP_BITS);

    private final LongSupplier clock;

    private final long origin;

    /** The number of the slot that a place is used for: each place is used again. */
    private final AtomicLongArray numbers = new AtomicLongArray(SLOTS);

    private final AtomicLongArray greatest = new AtomicLongArray(SLOTS);

    private final AtomicIntegerArray counts = new AtomicIntegerArray(SLOTS * BUCKETS);

    /**
     * Makes one that knows of nothing.
     * @param clock monotonic nanoseconds
     */
    public Lateness(LongSupplier clock) {
        this.clock = clock;
        this.origin = clock.getAsLong();
    }

    /**
     * Notes how late something was.
     * @param now what the clock shows
     * @param times for how many this stands
     */
    public void note(long now, long late, int times) {
        long slot = now - origin >>> SLOT_BITS;
        int place = (int) slot & SLOTS - 1;
        if (numbers.getPlain(place) != slot) {
            clear(place);
            numbers.setRelease(place, slot);
        }
        if (late > greatest.getPlain(place)) {
            greatest.setOpaque(place, late);
        }
        int bucket = place * BUCKETS + bucket(late);
        counts.setOpaque(bucket, counts.getPlain(bucket) + times);
    }

    private void clear(int place) {
        greatest.setOpaque(place, 0);
        for (int bucket = place * BUCKETS; bucket < (place + 1) * BUCKETS; bucket++) {
            counts.setOpaque(bucket, 0);
        }
    }

    private static int bucket(long late) {
        if (late < 1 << LEAST_BITS) {
            return 0;
        }
        int doubling = 63 - Long.numberOfLeadingZeros(late) - LEAST_BITS;
        if (doubling >= DOUBLINGS) {
            return BUCKETS - 1;
        }
        int step = (int) (late >>> LEAST_BITS + doubling - STEP_BITS) & (1 << STEP_BITS) - 1;
        return 1 + (doubling << STEP_BITS) + step;
    }

    /** Returns what nothing in a bucket exceeds. */
    private static long bound(int bucket) {
        if (bucket == 0) {
            return 1 << LEAST_BITS;
        }
        int doubling = bucket - 1 >>> STEP_BITS;
        long step = bucket - 1 & (1 << STEP_BITS) - 1;
        return (1 << STEP_BITS) + step + 1 << LEAST_BITS + doubling - STEP_BITS;
    }

    /** Returns what was noted lately. Any thread. */
    public Recent recent() {
        long last = clock.getAsLong() - origin >>> SLOT_BITS;
        long most = 0;
        long total = 0;
        long[] sums = new long[BUCKETS];
        for (long slot = Math.max(0, last - SHOWN + 1); slot <= last; slot++) {
            int place = (int) slot & SLOTS - 1;
            if (numbers.getAcquire(place) == slot) {
                most = Math.max(most, greatest.getOpaque(place));
                for (int bucket = 0; bucket < BUCKETS; bucket++) {
                    int count = counts.getOpaque(place * BUCKETS + bucket);
                    sums[bucket] += count;
                    total += count;
                }
            }
        }
        return new Recent(sums, total, most);
    }

    /** What was noted lately, in nanoseconds. */
    public static final class Recent {

        private final long[] counts;

        private final long total;

        private final long greatest;

        private Recent(long[] counts, long total, long greatest) {
            this.counts = counts;
            this.total = total;
            this.greatest = greatest;
        }

        /** Returns the greatest lateness; zero if nothing was noted. */
        public long greatest() {
            return greatest;
        }

        /**
         * Returns the lateness that this share of them did not exceed, or an eighth more; zero if nothing was noted.
         * @param share from 0 to 1
         */
        public long quantile(double share) {
            long rank = Math.max(1, (long) Math.ceil(share * total));
            long seen = 0;
            for (int bucket = 0; bucket < counts.length; bucket++) {
                seen += counts[bucket];
                if (seen >= rank) {
                    return Math.min(bound(bucket), greatest);
                }
            }
            return greatest;
        }
    }
}
