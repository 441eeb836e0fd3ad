package dev.asyncloop.internal.turn;

import dev.asyncloop.internal.log.SafeLog;
import dev.asyncloop.internal.meter.BusyTime;
import io.netty.util.internal.PlatformDependent;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to run, of which a loop has one, and the line of those who wait for it: first in, first out.
 *
 * <p>Who has the turn is the only one to run and the only one to take from the line. {@link #pass} hands it to the
 * next, or leaves it free when the line is empty; {@link #join} stands in line and, when the turn is free, hands it on
 * at once. A turn is never taken away. Knows nothing of threads: whom it falls to starts or wakes its own.
 *
 * <h2>Why nobody is forgotten</h2>
 *
 * The last holder finds the line empty while somebody joins it. Each of the two writes first and looks afterwards:
 *
 * <pre>
 *   who joins                      who has the turn
 *   1. put in line                 1. state = FREE
 *   2. state != HELD? take it      2. line not empty? take it
 * </pre>
 *
 * Both writes and both looks are volatile, so at least one of the two sees what the other has written; the
 * compare-and-set lets at most one of them take the turn. Without the holder's second look a successor that joined
 * between its empty poll and its write would stand in line for ever ({@code TurnStressTest} shows both).
 *
 * <p>A turn that is put off is taken as a free one is, by all but the thread that has put it off: that one finds its own mark,
 * or that somebody has taken it since, who then finds in line what was put there before.
 *
 * <p>Whatever a holder did is visible to the next one: either through the line or through {@code state}.
 */
public final class Turn {

    private static final Logger log = LoggerFactory.getLogger(Turn.class);

    /** So many in a row are done within one hand-over. */
    private static final int IN_A_ROW = 128;

    private static final int FREE = 0;

    /** Nobody has it, and the first in line will get it by {@link #open}, if not before. */
    private static final int PUT_OFF = 1;

    private static final int HELD = 2;

    private static final VarHandle STATE;

    private static final VarHandle HOLDER;

    private static final VarHandle TURNS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Turn.class, "state", int.class);
            HOLDER = lookup.findVarHandle(Turn.class, "holder", Successor.class);
            TURNS = lookup.findVarHandle(Turn.class, "turns", long.class);
        } catch (ReflectiveOperationException ex) {
            throw new ExceptionInInitializerError(ex);
        }
    }

    /** Many put in, only the holder takes out. */
    private final Queue<Successor> line = PlatformDependent.newMpscQueue();

    private volatile int state = FREE;

    /** For who looks from outside; written without a fence, as nobody decides by it who is next. */
    private volatile @Nullable Successor holder;

    /** As {@link #holder}. */
    private volatile long turns;

    private final Runnable onFree;

    private final @Nullable Executor relief;

    /** Something short that comes before the line. Touched only by who has the turn. */
    private @Nullable Successor first;

    /** In which thread something short runs with the turn. Read by any thread. */
    private volatile @Nullable Thread inlineThread;

    private final @Nullable BusyTime heldTime;

    private final @Nullable BooleanSupplier bringsMore;

    /** Makes a free turn. */
    public Turn() {
        this(() -> {}, null, null, null);
    }

    /**
     * Makes a free turn.
     * @param onFree called by whoever has left the turn free, in any thread; short, and must not throw
     * @param relief continues a hand-over that goes on for long, with many who are done within it, in another thread, so
     *     that the one in which it began comes to its own work, and the carrier to its I/O; {@code null} never does
     * @param heldTime told when the turn is held, if somebody wants to know: a look at the clock whenever it gets free
     * @param bringsMore whether the thread that joins a free turn is about to bring more, and to call {@link #open} for certain;
     *     {@code null} if none does
     */
    public Turn(
            Runnable onFree,
            @Nullable Executor relief,
            @Nullable BusyTime heldTime,
            @Nullable BooleanSupplier bringsMore) {
        this.onFree = onFree;
        this.relief = relief;
        this.heldTime = heldTime;
        this.bringsMore = bringsMore;
    }

    /** Stands in line. Any thread. */
    public void join(Successor successor) {
        line.add(successor);
        int seen;
        while ((seen = state) != HELD) {
            if (bringsMore != null && bringsMore.getAsBoolean()) {
                if (seen == PUT_OFF || STATE.compareAndSet(this, FREE, PUT_OFF)) {
                    return;
                }
            } else if (STATE.compareAndSet(this, seen, HELD)) {
                begin();
                hand();
                return;
            }
        }
    }

    /**
     * As {@link #join}, for a thread in which nothing of somebody else's may run: it holds something that such code could
     * wait for. Nor is anything put off.
     * @param elsewhere has another thread hand the turn on, if it is free and somebody else is first in line
     */
    public void joinQuietly(Successor successor, Executor elsewhere) {
        line.add(successor);
        int seen;
        while ((seen = state) != HELD) {
            if (STATE.compareAndSet(this, seen, HELD)) {
                begin();
                if (line.peek() == successor || !handsOn(elsewhere)) {
                    hand();
                }
                return;
            }
        }
    }

    /** Does the hand-over that was put off, if nobody has done it yet. Any thread. */
    public void open() {
        if (state == PUT_OFF && STATE.compareAndSet(this, PUT_OFF, HELD)) {
            begin();
            hand();
        }
    }

    /** Stands in line with something short that runs within the hand-over, and must not wait. Any thread. */
    public void run(Runnable action) {
        join(new Inline(action));
    }

    /**
     * Has something short run next, before the line, in another thread if possible: the rest of what would take too long
     * at once. Only within something short that runs with the turn, and once in it.
     */
    public void runNext(Runnable action) {
        first = new Inline(action);
    }

    /** Gives the turn to the next in line, or leaves it free. Only by its holder. */
    public void pass() {
        hand();
    }

    /** An interrupt of who hands the turn on is nothing for what is done within that: it is somebody else's. */
    private void hand() {
        boolean interrupted = Thread.interrupted();
        try {
            handOn();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void handOn() {
        int inARow = 0;
        for (; ; ) {
            Successor next = poll();
            if (next == null) {
                HOLDER.setRelease(this, null);
                end(); // by the holder, as all else; the second look below may begin it again
                state = FREE;
                if (line.isEmpty() || !takeAgain()) {
                    onFree.run();
                    return;
                }
                begin();
            } else {
                HOLDER.setRelease(this, next);
                TURNS.setRelease(this, turns + 1); // only the holder counts, so nothing is lost
                if (next.take()) {
                    return; // somebody else has it now: nothing of this object may be touched any more
                }
                if (first != null || ++inARow >= IN_A_ROW && !line.isEmpty()) {
                    inARow = 0;
                    if (relief != null && handsOn(relief)) {
                        return;
                    }
                }
            }
        }
    }

    /** Takes the turn that was just left, if nobody has it; also one that is put off, as others in line don't wait for that. */
    private boolean takeAgain() {
        int seen;
        while ((seen = state) != HELD) {
            if (STATE.compareAndSet(this, seen, HELD)) {
                return true;
            }
        }
        return false;
    }

    private @Nullable Successor poll() {
        Successor next = first;
        if (next == null) {
            return line.poll();
        }
        first = null;
        return next;
    }

    /** Has another thread hand the turn on, if that can be had. */
    private boolean handsOn(Executor another) {
        try {
            another.execute(this::hand);
            return true;
        } catch (Throwable ex) { // no memory for a thread, perhaps: then this one goes on
            return false;
        }
    }

    private void begin() {
        if (heldTime != null) {
            heldTime.begin();
        }
    }

    private void end() {
        if (heldTime != null) {
            heldTime.end();
        }
    }

    /** Returns whether nobody has the turn or waits for it. Any thread. */
    public boolean isFree() {
        return state == FREE && line.isEmpty();
    }

    /** Returns whether the first hand-over is put off. Any thread. */
    public boolean isPutOff() {
        return state == PUT_OFF;
    }

    /** Returns who has the turn now. Any thread. */
    public @Nullable Successor holder() {
        return holder;
    }

    /** Returns how many turns there were. Any thread. */
    public long turns() {
        return turns;
    }

    /** Returns how many wait. Any thread; an estimate while others join. */
    public int waiting() {
        return line.size();
    }

    /** Returns in which thread something short runs with the turn, if it does. Any thread. */
    public @Nullable Thread inlineThread() {
        return inlineThread;
    }

    /** Returns those who wait, the first in line first. Any thread; who comes or goes meanwhile may be missing. */
    public Iterator<Successor> line() {
        return line.iterator();
    }

    /** Returns whether the caller is something short that runs with the turn. */
    public boolean runsHere() {
        return inlineThread == Thread.currentThread();
    }

    private final class Inline implements Successor {

        private final Runnable action;

        Inline(Runnable action) {
            this.action = action;
        }

        @Override
        public boolean take() {
            inlineThread = Thread.currentThread();
            try {
                action.run();
            } catch (Throwable ex) {
                SafeLog.error(log, ex, "Exception in {}", action);
            } finally {
                inlineThread = null;
            }
            return false;
        }
    }
}
