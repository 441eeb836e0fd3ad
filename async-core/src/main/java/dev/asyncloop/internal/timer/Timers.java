package dev.asyncloop.internal.timer;

import dev.asyncloop.internal.log.SafeLog;
import dev.asyncloop.internal.meter.Lateness;
import dev.asyncloop.internal.turn.Turn;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The timers of one loop, in a heap that is touched only by who has the turn.
 *
 * <p>The carrier watches the earliest deadline from outside: it sleeps no longer than {@link #untilNext()} and then calls
 * {@link #check()}, which stands in the loop's line to set off those that are due, in the order of their deadlines: something
 * short for each, that puts somebody into the line. They belong to
 * the loop and not to Netty, so they go off even when Netty's thread is stuck behind a lock.
 */
public final class Timers {

    private static final Logger log = LoggerFactory.getLogger(Timers.class);

    private static final long NEVER = Long.MAX_VALUE;

    /** Fewer cancelled timers than this are not worth a sweep. */
    private static final int SWEEP = 64;

    /** So many due ones are set off in one go; then the carrier looks after its I/O. */
    private static final int AT_A_TIME = 1_000;

    private final Turn turn;

    private final LongSupplier clock;

    private final boolean ticks;

    private final long origin;

    private final Runnable onEarlier;

    private final PriorityQueue<Timer> heap = new PriorityQueue<>();

    private final AtomicLong sequence = new AtomicLong();

    private final AtomicInteger cancelled = new AtomicInteger();

    private final AtomicBoolean expiring = new AtomicBoolean();

    private volatile long next = NEVER;

    /** The deadline that had what is due stand in line, until it has its turn. */
    private volatile long overdue = NEVER;

    /** As the heap has it, cancelled ones included; read by any thread. */
    private final AtomicInteger set = new AtomicInteger();

    private final Lateness lateness;

    /**
     * Makes an empty set of timers.
     * @param clock monotonic nanoseconds
     * @param ticks whether the clock goes on by itself, so that sleeping until a deadline makes sense
     * @param lateness told how late they are set off
     * @param onEarlier called in the turn when a new timer is the earliest, so that a sleeping carrier looks again
     */
    public Timers(Turn turn, LongSupplier clock, boolean ticks, Lateness lateness, Runnable onEarlier) {
        this.turn = turn;
        this.lateness = lateness;
        this.clock = clock;
        this.ticks = ticks;
        this.origin = clock.getAsLong();
        this.onEarlier = onEarlier;
    }

    private long now() {
        return clock.getAsLong() - origin;
    }

    /** Sets a timer from any thread; the delay counts from this call. */
    public Timer set(long delayNanos, Object subject, Runnable due) {
        Timer timer = timer(delayNanos, subject, due);
        turn.run(() -> insert(timer));
        return timer;
    }

    /** Sets a timer; only by who has the turn. */
    public Timer setInTurn(long delayNanos, Object subject, Runnable due) {
        Timer timer = timer(delayNanos, subject, due);
        insert(timer);
        return timer;
    }

    private Timer timer(long delayNanos, Object subject, Runnable due) {
        long now = now();
        long delay = Math.max(0, delayNanos);
        long deadline = delay >= NEVER - 1 - now ? NEVER - 1 : now + delay;
        return new Timer(this, deadline, sequence.getAndIncrement(), subject, due);
    }

    private void insert(Timer timer) {
        sweep();
        heap.add(timer);
        set.setOpaque(heap.size());
        if (timer.deadline < next && !expiring.get()) { // who expires stands in line, and will look at all of them
            next = timer.deadline;
            onEarlier.run();
        }
    }

    void cancelled() {
        cancelled.incrementAndGet();
    }

    /** Drops cancelled timers when they are the greater part: on average a constant cost for each. */
    private void sweep() {
        int count = cancelled.get();
        if (count > SWEEP && count > heap.size() / 2) {
            cancelled.addAndGet(-count);
            heap.removeIf(Timer::isSpent);
        }
    }

    /** Lets what is due stand in line. Any thread; costs one look when nothing is. */
    public void check() {
        check(Runnable::run);
    }

    /**
     * As {@link #check()}, from a thread that must not be the one to hand the turn on, as it may come to a lock there.
     * @param where runs the rest of it if something is due
     */
    public void check(Executor where) {
        long deadline = next;
        if (deadline != NEVER && deadline <= now() && expiring.compareAndSet(false, true)) {
            overdue = deadline;
            next = NEVER; // who has the turn may keep it long; the carrier need not look again until it comes round
            try {
                where.execute(() -> turn.run(this::expire));
            } catch (Throwable ex) { // no memory, perhaps: then the carrier is to look again
                next = deadline;
                expiring.set(false);
                throw ex;
            }
        }
    }

    /**
     * As {@link #check}, but whatever is due now stands in line when this returns: another thread that has seen it, too, may
     * not have come so far. Any thread.
     */
    public void checkInTurn() {
        turn.run(this::expire);
    }

    private void expire() {
        expiring.set(false);
        part(() -> takeOutDue(now(), sequence.get()));
    }

    /** Goes on with the rest of what was due. */
    private void expireRest(long now, long set) {
        part(() -> takeOutDue(now, set));
    }

    private void part(BooleanSupplier part) {
        overdue = NEVER;
        boolean goesOn = false;
        try {
            goesOn = part.getAsBoolean();
        } finally { // whatever has failed: those that are left are still to go off
            if (!goesOn) {
                lookAhead();
            }
        }
    }

    /**
     * Sets off what is due, in the order of the deadlines, a part at a time.
     * @param now what is due by then
     * @param set timers from this number on were set by those set off here; they are not due before the next look
     * @return whether there is more to set off, for which this stands in line
     */
    private boolean takeOutDue(long now, long set) {
        Timer latest = null;
        Timer first;
        int count = 0;
        while ((first = heap.peek()) != null && (first.deadline <= now && first.sequence < set || first.isSpent())) {
            if (count++ == AT_A_TIME) {
                overdue = first.deadline;
                note(latest, now);
                turn.runNext(() -> expireRest(now, set));
                return true;
            }
            heap.poll();
            Runnable due = first.take();
            if (due != null) {
                latest = latest == null ? first : latest;
                setOff(due);
            } else {
                cancelled.decrementAndGet();
            }
        }
        note(latest, now);
        return false;
    }

    private void note(@Nullable Timer latest, long now) {
        set.setOpaque(heap.size());
        if (latest != null) {
            lateness.note(now + origin, now - latest.deadline, 1);
        }
    }

    private void lookAhead() {
        Timer first = heap.peek();
        if (first != null) {
            next = first.deadline;
            onEarlier.run();
        } else {
            next = NEVER;
        }
    }

    private static void setOff(Runnable due) {
        try {
            due.run();
        } catch (Throwable ex) { // the others are due all the same
            SafeLog.error(log, ex, "Exception in {}, which was due", due);
        }
    }

    /** Returns the nanoseconds until the next deadline: zero or less if one is due, {@code Long.MAX_VALUE} without any. */
    public long untilNext() {
        long deadline = next;
        if (deadline == NEVER || expiring.get()) { // who expires stands in line, and tells the carrier when it is done
            return NEVER;
        }
        long wait = deadline - now();
        return ticks || wait <= 0 ? wait : NEVER;
    }

    /** Returns the nanoseconds until the next timer that was not cancelled, whether or not the clock ticks. Only in the turn. */
    public long untilDeadline() {
        Timer first;
        while ((first = heap.peek()) != null && first.isSpent()) {
            heap.poll();
            cancelled.decrementAndGet();
        }
        return first == null ? NEVER : first.deadline - now();
    }

    /** Returns what the timers are for that are neither set off nor cancelled, by deadline. Only by who has the turn. */
    public List<Object> subjects() {
        return heap.stream()
                .filter(timer -> !timer.isSpent())
                .sorted()
                .map(timer -> timer.subject)
                .toList();
    }

    /** Returns how many timers are set. Any thread; an estimate. */
    public int count() {
        return Math.max(0, set.getOpaque() - cancelled.get());
    }

    /** Returns by how many nanoseconds the first timer is late that was not set off; zero if none is due. Any thread. */
    public long late() {
        long first = Math.min(next, overdue);
        return first == NEVER ? 0 : Math.max(0, now() - first);
    }

    /** Returns how many timers are set, cancelled ones that were not swept yet included. Only by who has the turn. */
    public int size() {
        return heap.size();
    }
}
