package dev.asyncloop;

import dev.asyncloop.testing.ManualClock;
import java.time.Duration;

/** Lets the others run, for tests that are coroutines themselves. */
public final class Turns {

    private Turns() {}

    /** Gives everybody who is ready, and whom they wake, their turns. */
    public static void settle() {
        for (int i = 0; i < 10; i++) {
            Async.yieldNow();
        }
    }

    /** Moves the clock on and lets everything run that is due then. */
    public static void advance(ManualClock clock, int millis) {
        clock.advance(Duration.ofMillis(millis));
        settle();
    }

    public static Duration ms(int millis) {
        return Duration.ofMillis(millis);
    }
}
