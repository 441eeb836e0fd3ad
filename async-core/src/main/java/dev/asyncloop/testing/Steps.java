package dev.asyncloop.testing;

import dev.asyncloop.DrivenLoop;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Moves the clock of a loop when somebody has asked for that: from deadline to deadline, each time as soon as the loop is
 * idle and what was on its way in real time has had its time to come.
 *
 * <p>{@link #idle} is called with the turn. The lock guards what other threads bring; who has it waits for no turn.
 */
final class Steps {

    /** How long until the next look while something is on its way: that it has come need not be a turn. */
    private static final int LOOK_MILLIS = 1;

    /** A move of the clock that somebody has asked for. */
    private record Advance(long target, long sequence, Runnable done) implements Comparable<Advance> {

        @Override
        public int compareTo(Advance other) {
            int byTarget = Long.compare(target, other.target);
            return byTarget != 0 ? byTarget : Long.compare(sequence, other.sequence);
        }
    }

    private final DrivenLoop loop;

    private final StandingClock clock;

    private final BooleanSupplier waitsForAnswers;

    private final PriorityQueue<Advance> advances = new PriorityQueue<>();

    private long sequence;

    private boolean looking;

    private volatile long taken;

    Steps(DrivenLoop loop, StandingClock clock, BooleanSupplier waitsForAnswers) {
        this.loop = loop;
        this.clock = clock;
        this.waitsForAnswers = waitsForAnswers;
    }

    DrivenLoop loop() {
        return loop;
    }

    /** Returns how many there were, so that one can see whether something goes on. Any thread. */
    long taken() {
        return taken;
    }

    /**
     * Has the clock moved on.
     * @param done called with the turn when the loop is idle at that time
     * @return what takes it back
     */
    Runnable advance(long nanos, Runnable done) {
        Advance advance;
        synchronized (this) {
            advance = new Advance(clock.after(nanos), sequence++, done);
            advances.add(advance);
        }
        again();
        return () -> {
            synchronized (this) {
                advances.remove(advance);
            }
        };
    }

    private void again() {
        loop.onIdle(this::idle);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written by who has the turn
    private synchronized void idle() {
        Advance first = advances.peek();
        if (first == null) {
            return;
        }
        Duration wait = loop.untilNextTimer();
        long next = wait == null ? Long.MAX_VALUE : wait.toNanos();
        long left = first.target - clock.nanoTime();
        if (next <= 0) {
            loop.clockMoved();
        } else if (waitsForAnswers.getAsBoolean()) {
            lookLater();
        } else if (next <= left) {
            taken++;
            clock.move(next);
            loop.clockMoved();
        } else {
            taken++;
            clock.move(left);
            advances.remove();
            first.done.run();
            again();
        }
    }

    private void lookLater() {
        if (!looking) {
            looking = true;
            loop.eventLoopGroup().schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        synchronized (this) {
            looking = false;
        }
        again();
    }
}
