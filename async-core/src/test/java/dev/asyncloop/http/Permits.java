package dev.asyncloop.http;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Waits for what other threads count, but not for ever: a test that hangs says nothing. */
final class Permits {

    private static final long LIMIT_SECONDS = 20;

    private Permits() {}

    static void await(Semaphore permits, int count) {
        try {
            if (!permits.tryAcquire(count, LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(
                        "only " + permits.availablePermits() + " of " + count + " within " + LIMIT_SECONDS + " s");
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + count, ex);
        }
    }
}
