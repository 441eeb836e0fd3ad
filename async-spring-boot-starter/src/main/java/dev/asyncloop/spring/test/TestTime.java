package dev.asyncloop.spring.test;

import dev.asyncloop.testing.SteppedClock;
import dev.asyncloop.testing.TooLongError;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has a clock go on by itself while the application stops, if that takes long: nobody moves it then, and what sleeps would
 * hold up the end until the grace period is over, in real time. Any thread.
 */
final class TestTime {

    /** An orderly stop of what does not sleep is over by then. */
    private static final int BEFORE_MILLIS = 100;

    private static final Duration FIRST_STEP = Duration.ofSeconds(1);

    private static final Duration GREATEST_STEP = Duration.ofHours(1);

    private final SteppedClock clock;

    private @Nullable Going going;

    TestTime(SteppedClock clock) {
        this.clock = clock;
    }

    /** Has it go on in a little while. */
    synchronized void letGo() {
        if (going == null) {
            CountDownLatch held = new CountDownLatch(1);
            Thread thread = Thread.ofPlatform().daemon().name("test-clock").start(() -> go(held));
            going = new Going(thread, held);
        }
    }

    /** Has it stand still again: from when this returns. */
    synchronized void hold() {
        Going current = going;
        if (current != null) {
            going = null;
            current.held.countDown();
            try {
                current.thread.join();
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void go(CountDownLatch held) {
        Duration step = FIRST_STEP;
        try {
            if (held.await(BEFORE_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
            while (held.getCount() > 0) {
                clock.advance(step);
                step = step.compareTo(GREATEST_STEP) < 0 ? step.multipliedBy(2) : step;
            }
        } catch (TooLongError | IllegalStateException | InterruptedException ex) {
            // something blocks the end in real time, or it has come: there is nothing more to do here
        }
    }

    private record Going(Thread thread, CountDownLatch held) {}
}
