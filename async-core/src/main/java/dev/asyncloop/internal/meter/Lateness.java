package dev.asyncloop.internal.meter;

/**
 * The greatest lateness of the last ten to twenty seconds. Told by one thread at a time, asked by any.
 */
public final class Lateness {

    private static final long WINDOW_NANOS = 10_000_000_000L;

    /** When this window began, and the greatest lateness in it and in the one before. */
    private record Windows(long since, long greatest, long before) {

        Windows at(long now) {
            long age = now - since;
            if (age < WINDOW_NANOS) {
                return this;
            }
            return new Windows(now, 0, age < 2 * WINDOW_NANOS ? greatest : 0);
        }
    }

    private volatile Windows windows = new Windows(0, 0, 0);

    /**
     * Notes how late something was.
     * @param now in nanoseconds, as all here
     */
    public void note(long now, long late) {
        Windows windows = this.windows.at(now);
        if (late > windows.greatest) {
            this.windows = new Windows(windows.since, late, windows.before);
        } else if (windows != this.windows) {
            this.windows = windows;
        }
    }

    /** Returns the greatest lateness. Any thread. */
    public long greatest(long now) {
        Windows windows = this.windows.at(now);
        return Math.max(windows.greatest, windows.before);
    }
}
