package dev.asyncloop;

/**
 * When the next call of a {@link PeriodicCallback} is due: pure functions of what is given, in nanoseconds. Tornado's
 * {@code PeriodicCallback._update_next}.
 */
final class PeriodicArithmetic {

    private PeriodicArithmetic() {}

    /**
     * Returns a period drawn anew, from a window of the width {@code jitter * period} that is centred on the period.
     * @param random from 0 to 1
     */
    static long jittered(long period, double jitter, double random) {
        return jitter == 0 ? period : Math.max(1, Math.round(period * (1 + jitter * (random - 0.5))));
    }

    /**
     * Returns how many periods to go on from the call that was due last: one, and one more for each that has passed since.
     * A clock that was set back counts as one, so that the same time never comes twice.
     */
    static long periods(long due, long now, long period) {
        return due <= now ? (now - due) / period + 1 : 1;
    }

    /** Returns the time so many periods after the call that was due last, or the end of time. */
    static long next(long due, long periods, long period) {
        long step = periods * period; // at most the time since the last call and one period
        return due > Long.MAX_VALUE - step ? Long.MAX_VALUE : due + step;
    }
}
