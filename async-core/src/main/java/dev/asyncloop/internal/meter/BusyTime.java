package dev.asyncloop.internal.meter;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * How much of the last five seconds or so somebody was busy. Told by one thread at a time when that begins and ends, each
 * with one look at the clock; asked by any thread, also in the middle.
 */
public final class BusyTime {

    /** A slot is 2^30 ns, a little more than a second. */
    private static final int SLOT_BITS = 30;

    /** A power of two, and more than are shown: who asks is not disturbed by who begins a new one. */
    private static final int SLOTS = 8;

    private static final int SHOWN = 5;

    private static final long NOT = -1;

    private final LongSupplier clock;

    private final long origin;

    /** The busy nanoseconds of a slot. Beside it the number of the slot that they are of, as the place is used again. */
    private final AtomicLongArray nanos = new AtomicLongArray(SLOTS);

    private final AtomicLongArray numbers = new AtomicLongArray(SLOTS);

    private volatile long since = NOT;

    /** Of all that has ended. */
    private volatile long total;

    /** What was told last: the next is no less, although the two above change one after the other. */
    private final AtomicLong told = new AtomicLong();

    /**
     * Makes one for somebody who is not busy.
     * @param clock monotonic nanoseconds
     */
    public BusyTime(LongSupplier clock) {
        this.clock = clock;
        this.origin = clock.getAsLong();
    }

    private long now() {
        return clock.getAsLong() - origin;
    }

    /** Is busy from now on; nothing if that was said before. */
    public void begin() {
        if (since == NOT) {
            since = now();
        }
    }

    /** Is no longer busy; nothing if that was said before. */
    public void end() {
        long from = since;
        if (from == NOT) {
            return;
        }
        long to = now();
        since = NOT;
        long last = to >>> SLOT_BITS;
        for (long slot = Math.max(from >>> SLOT_BITS, last - SHOWN); slot <= last; slot++) {
            add(slot, within(slot, from, to));
        }
        total = total + (to - from);
    }

    private void add(long slot, long busy) {
        int place = (int) slot & SLOTS - 1;
        if (numbers.getPlain(place) != slot) {
            nanos.setRelease(place, 0);
            numbers.setRelease(place, slot);
        }
        nanos.setRelease(place, nanos.getPlain(place) + busy);
    }

    private static long within(long slot, long from, long to) {
        return Math.min(to, slot + 1 << SLOT_BITS) - Math.max(from, slot << SLOT_BITS);
    }

    /** Returns for how many nanoseconds somebody was busy so far. Any thread. */
    public long nanos() {
        long ended = total;
        long now = now(); // before the look: what it is not busy any more then, or only since, must not be told
        long from = since;
        return told.accumulateAndGet(from == NOT ? ended : ended + Math.max(0, now - from), Math::max);
    }

    /** Returns the busy share of the last four to five seconds, or since the beginning, from 0 to 1. Any thread. */
    public double share() {
        long from = since;
        long now = now();
        long last = now >>> SLOT_BITS;
        long first = Math.max(0, last - SHOWN + 1);
        long busy = 0;
        for (long slot = first; slot <= last; slot++) {
            int place = (int) slot & SLOTS - 1;
            if (numbers.getAcquire(place) == slot) {
                busy += nanos.getAcquire(place);
            }
        }
        long start = first << SLOT_BITS;
        if (from != NOT) {
            busy += now - Math.max(from, start);
        }
        return now <= start ? 0 : Math.clamp((double) busy / (now - start), 0, 1);
    }
}
