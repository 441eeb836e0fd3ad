package dev.asyncloop;

import java.time.Duration;
import java.util.List;

/**
 * What holds a loop at one moment, longer than {@link IOLoopOptions#slowCallback}; see {@link IOLoop#slowCallback()}.
 * asyncio's {@code slow_callback_duration}, while it happens.
 *
 * @param held what is held
 * @param name who holds it: the name of the coroutine or of another thread, or what stands for code on the event loop
 * @param heldFor for how long so far; known to a quarter of the limit, and never more than it is
 * @param waiting how many coroutines are ready and wait for it
 * @param what what the holder does, as a part of a sentence
 * @param wayOut what to do about it
 * @param stack where the holder is
 */
public record SlowCallback(
        Held held,
        String name,
        Duration heldFor,
        int waiting,
        String what,
        String wayOut,
        List<StackTraceElement> stack) {

    /** What can be held. */
    public enum Held {
        /** The turn: no other coroutine runs; I/O goes on unless the holder computes on the event-loop carrier. */
        TURN,
        /** The carrier's thread, by somebody without the turn: nothing of the loop goes on. */
        CARRIER,
        /** The event loop, by code of Netty's or Reactor's: no I/O goes on. */
        EVENT_LOOP
    }

    /** Returns the same, held for another time. */
    SlowCallback heldFor(Duration other) {
        return new SlowCallback(held, name, other, waiting, what, wayOut, stack);
    }

    /** Returns who holds what for how long, and what it does. */
    @Override
    public String toString() {
        long millis = heldFor.toMillis();
        return switch (held) {
            case TURN -> "'" + name + "' has kept the turn for " + millis + " ms: it " + what;
            case CARRIER -> "'" + name + "', which has no turn, has kept the carrier for " + millis + " ms: it " + what;
            case EVENT_LOOP -> "Code on the event loop has kept it for " + millis + " ms: it " + what;
        };
    }
}
