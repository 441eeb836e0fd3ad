package dev.asyncloop.internal.meter;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How often something was done, how long it took in all, and the longest of the last ten to twenty seconds. Told by one thread
 * at a time, asked by any; count and time are read one after the other. All times are nanoseconds.
 */
public final class SpentTime {

    private final AtomicLong count = new AtomicLong();

    private final AtomicLong nanos = new AtomicLong();

    private final Longest longest = new Longest();

    /**
     * Adds one.
     * @param now since a beginning that is the same for all
     */
    public void add(long now, long spent) {
        nanos.setRelease(nanos.getPlain() + spent);
        count.setRelease(count.getPlain() + 1);
        longest.note(now, spent);
    }

    /** Returns how many there were. Any thread. */
    public long count() {
        return count.getAcquire();
    }

    /** Returns the time of all of them. Any thread. */
    public long nanos() {
        return nanos.getAcquire();
    }

    /** Returns the longest. Any thread. */
    public long longest(long now) {
        return longest.longest(now);
    }
}
