package dev.asyncloop;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Says whether one more coroutine may start, and counts those that are alive. Any thread. */
final class Admission {

    private final String loopName;

    private final int most;

    private final LoopEnd end;

    private final AtomicInteger live = new AtomicInteger();

    private final AtomicLong started = new AtomicLong();

    Admission(IOLoopOptions options, LoopEnd end) {
        this.loopName = options.name();
        this.most = options.maxCoroutines();
        this.end = end;
    }

    /**
     * Counts one more in.
     * @param name its name, if it has one
     * @param outside what it is, if it has to be refused while the loop is closing; {@code null} if it need not
     * @throws LoopClosedException if the loop is closing
     * @throws LoopFullException if there are as many as may be
     */
    void enter(@Nullable String name, @Nullable String outside) {
        int count = live.incrementAndGet(); // first: either the end of the loop sees this one alive, or it is seen here
        try {
            if (outside != null) {
                end.requireOpen(outside);
            }
            requireRoom(count, name);
        } catch (LoopClosedException | LoopFullException ex) {
            leave();
            throw ex;
        }
        started.incrementAndGet();
    }

    private void requireRoom(int count, @Nullable String name) {
        if (count > most) {
            throw new LoopFullException("'" + loopName + "' has " + most
                    + " live coroutines, its limit, and does not start "
                    + (name != null ? "'" + name + "'" : "one more")
                    + "; raise maxCoroutines, or let fewer start at a time");
        }
    }

    /** One has ended. */
    void leave() {
        if (live.decrementAndGet() == 0) {
            end.idle();
        }
    }

    int live() {
        return live.get();
    }

    /** Returns how many have been let in so far. */
    long started() {
        return started.get();
    }
}
