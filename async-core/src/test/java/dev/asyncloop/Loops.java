package dev.asyncloop;

import dev.asyncloop.testing.ManualClock;
import java.time.Duration;

/** Loops for tests. */
public final class Loops {

    private Loops() {}

    public static IOLoopOptions options(Carrier carrier) {
        return IOLoopOptions.defaults().withName("test").withCarrier(carrier).withGracePeriod(Duration.ofMillis(300));
    }

    /** For a loop that is closed with coroutines that outlive it: nobody waits for those long. */
    public static IOLoopOptions leavingBehind(Carrier carrier) {
        return options(carrier).withGracePeriod(Duration.ofMillis(1)).withCleanUp(Duration.ofMillis(300));
    }

    public static IOLoop on(Carrier carrier) {
        return IOLoop.create(options(carrier));
    }

    public static IOLoop on(Carrier carrier, ManualClock clock) {
        return IOLoop.create(options(carrier).withClock(clock));
    }

    /** Waits until everything that was in the loop's line before has had its turn, and what it has put there since. */
    public static void settle(IOLoop loop) {
        for (int i = 0; i < 4; i++) {
            loop.runSync(() -> null);
        }
    }
}
