package dev.asyncloop.testing;

import dev.asyncloop.CoroutineInfo;
import dev.asyncloop.DrivenLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Moves the clock of a loop whenever that is idle, and says so when nothing is left that could go on.
 *
 * <p>{@link #idle} is called with the turn. The lock guards what other threads bring; who has it waits for no turn.
 */
final class Jumps {

    /** A move of the clock that somebody has asked for. */
    private record Advance(long target, long sequence, Runnable done) implements Comparable<Advance> {

        @Override
        public int compareTo(Advance other) {
            int byTarget = Long.compare(target, other.target);
            return byTarget != 0 ? byTarget : Long.compare(sequence, other.sequence);
        }
    }

    /** That only code outside of the loop can help, and has not since a time of the real clock. */
    private record Suspicion(long turn, long since) {}

    private final DrivenLoop loop;

    private final VirtualClock clock;

    private final PriorityQueue<Advance> advances = new PriorityQueue<>();

    private final Set<Waiter> waiters = new LinkedHashSet<>();

    private long sequence;

    private int holds;

    private Duration outsideLimit = Duration.ofSeconds(1);

    private @Nullable Suspicion suspicion;

    private boolean watching;

    /** When the grace period of a loop that is closing is over; {@code null} if it is not closing. */
    private @Nullable Long closingUntil;

    Jumps(DrivenLoop loop, VirtualClock clock) {
        this.loop = loop;
        this.clock = clock;
    }

    /** Has the loop looked at again: something has changed that was no turn. Any thread. */
    void again() {
        loop.onIdle(this::idle);
    }

    // ---- what other threads bring

    synchronized void add(Waiter waiter) {
        waiters.add(waiter);
    }

    synchronized void remove(Waiter waiter) {
        waiters.remove(waiter);
    }

    void hold() {
        synchronized (this) {
            holds++;
        }
    }

    void release() {
        synchronized (this) {
            holds--;
        }
        again();
    }

    void setOutsideLimit(Duration limit) {
        synchronized (this) {
            outsideLimit = limit;
        }
    }

    /**
     * Has the clock moved on as soon as the loop is idle, and again after each timer that goes off on the way.
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

    /** Goes on jumping until the grace period is over, or nothing moves any more; then the rest is cancelled. */
    void closing(long gracePeriod) {
        synchronized (this) {
            if (closingUntil == null) {
                closingUntil = clock.after(gracePeriod);
            }
        }
        again();
    }

    /** Lets those go who wait for the clock of a loop that ends. */
    void end() {
        List<Advance> left;
        synchronized (this) {
            left = new ArrayList<>(advances);
            advances.clear();
        }
        left.forEach(advance -> advance.done.run());
    }

    // ---- the clock

    private synchronized void idle() {
        Suspicion before = suspicion;
        suspicion = null;
        Duration wait = loop.untilNextTimer();
        long next = wait == null ? Long.MAX_VALUE : wait.toNanos();
        if (next <= 0) {
            loop.clockMoved();
        } else if (!advances.isEmpty()) {
            advanceBy(next);
        } else if (loop.openChannels() == 0) {
            if (closingUntil != null && clock.after(next) > closingUntil && wait != null) {
                loop.stop();
            } else if (wait != null) {
                jump(next);
            } else if (closingUntil != null || !waiters.isEmpty()) {
                nothingMoves(before);
            }
        }
    }

    private void advanceBy(long next) {
        Advance first = advances.element();
        long untilTarget = first.target - clock.nanoTime();
        if (next <= untilTarget) {
            move(next);
        } else {
            clock.move(untilTarget);
            advances.remove();
            first.done.run();
            again();
        }
    }

    private void jump(long next) {
        if (holds == 0 || closingUntil != null || !waiters.isEmpty()) {
            move(next);
        }
    }

    private void move(long by) {
        clock.move(by);
        loop.clockMoved();
    }

    // ---- the deadlock

    private void nothingMoves(@Nullable Suspicion before) {
        List<CoroutineInfo> coroutines = loop.coroutines();
        if (coroutines.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        long turn = loop.turns();
        long since = before != null && before.turn + 1 == turn ? before.since : now;
        if (Reports.outside(coroutines).isEmpty() || now - since >= outsideLimit.toNanos()) {
            stuck(coroutines);
        } else {
            suspicion = new Suspicion(turn, since);
            watchOutside(outsideLimit.toNanos() - (now - since));
        }
    }

    private void watchOutside(long nanos) {
        if (!watching) {
            watching = true;
            loop.eventLoopGroup().schedule(this::lookOutside, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void lookOutside() {
        synchronized (this) {
            watching = false;
            Suspicion suspicion = this.suspicion;
            if (suspicion == null) {
                return;
            }
            long left = outsideLimit.toNanos() - (System.nanoTime() - suspicion.since);
            if (left > 0) {
                watchOutside(left);
                return;
            }
        }
        again();
    }

    private void stuck(List<CoroutineInfo> coroutines) {
        String report = Reports.deadlock(loop, Duration.ofNanos(clock.nanoTime()), outsideLimit, coroutines);
        boolean news = false;
        for (Waiter waiter : waiters) {
            news |= waiter.tell(report);
        }
        if (closingUntil != null) {
            loop.stop();
        } else if (news) {
            loop.cancelCoroutines("nothing on '" + loop.name() + "' could go on");
            again(); // a shielded coroutine has no turn for that, and whoever waits for it has to be told
        }
    }
}
