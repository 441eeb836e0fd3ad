package dev.asyncloop.testing;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** What is on its way in real time, and since when. Any thread. */
final class Expectations {

    private final Set<Expectation> open = ConcurrentHashMap.newKeySet();

    /**
     * Adds one.
     * @return to be run when it has come, or nobody waits for it any more
     */
    Runnable add(Object what) {
        Expectation expectation = new Expectation(what);
        open.add(expectation);
        return () -> open.remove(expectation);
    }

    /** Returns for how long, in nanoseconds, there still is hope for one of these, if each gets so much; zero if for none. */
    long hope(long patience) {
        long now = System.nanoTime();
        long longest = 0;
        for (Expectation expectation : open) {
            longest = Math.max(longest, expectation.since + patience - now);
        }
        return longest;
    }

    /** Returns what is on its way, a line each. */
    List<String> lines() {
        long now = System.nanoTime();
        return open.stream()
                .map(expectation -> expectation.what + ", for " + TimeUnit.NANOSECONDS.toMillis(now - expectation.since)
                        + " ms of real time")
                .toList();
    }

    /** Equal to itself alone. */
    private static final class Expectation {

        private final Object what;

        private final long since = System.nanoTime();

        Expectation(Object what) {
            this.what = what;
        }
    }
}
