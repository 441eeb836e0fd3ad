package dev.asyncloop.internal.meter;

/**
 * The longest time of the last ten to twenty seconds. Told by one thread at a time, asked by any. To tell it allocates nothing
 * but for a new longest.
 */
final class Longest {

    private static final long WINDOW_NANOS = 10_000_000_000L;

    /** When this window began, and the longest in it and in the one before. */
    private record Windows(long since, long longest, long before) {

        Windows at(long now) {
            long age = now - since;
            if (age < WINDOW_NANOS) {
                return this;
            }
            return new Windows(now, 0, age < 2 * WINDOW_NANOS ? longest : 0);
        }
    }

    private volatile Windows windows = new Windows(0, 0, 0);

    /**
     * Notes how long something was.
     * @param now in nanoseconds, as all here
     */
    void note(long now, long time) {
        Windows windows = this.windows.at(now);
        if (time > windows.longest) {
            this.windows = new Windows(windows.since, time, windows.before);
        } else if (windows != this.windows) {
            this.windows = windows;
        }
    }

    /** Returns the longest. Any thread. */
    long longest(long now) {
        Windows windows = this.windows.at(now);
        return Math.max(windows.longest, windows.before);
    }
}
