package dev.asyncloop.testing;

import dev.asyncloop.DrivenLoop;
import dev.asyncloop.IOLoop;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A clock that stands still until it is moved: give it to a loop, and no test waits for real time. Any thread.
 */
public final class ManualClock extends StandingClock {

    /** Weak, as a loop that has ended tells nobody; one that has not is kept by its threads. */
    private final List<WeakReference<DrivenLoop>> loops = new CopyOnWriteArrayList<>();

    /** Makes a clock that shows the first instant of 1970. */
    public ManualClock() {
        this(Instant.EPOCH);
    }

    /** Makes a clock that shows this instant. */
    public ManualClock(Instant start) {
        super(start);
    }

    /**
     * Moves the clock on. Timers that are due now stand in their loop's line when this returns, if nobody has the turn.
     */
    public void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("The clock can't be advanced by " + by + "; it only goes on");
        }
        nanos.addAndGet(by.toNanos());
        for (WeakReference<DrivenLoop> reference : loops) {
            DrivenLoop loop = reference.get();
            if (loop != null) {
                loop.clockMoved();
            }
        }
    }

    @Override
    public IOLoop attach(DrivenLoop loop) {
        loops.removeIf(reference -> reference.refersTo(null));
        loops.add(new WeakReference<>(loop));
        return loop;
    }
}
