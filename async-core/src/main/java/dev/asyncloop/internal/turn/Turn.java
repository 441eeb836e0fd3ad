package dev.asyncloop.internal.turn;

import dev.asyncloop.internal.log.SafeLog;
import io.netty.util.internal.PlatformDependent;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Queue;
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
 *   1. put in line                 1. held = false
 *   2. held == false? take it      2. line not empty? take it
 * </pre>
 *
 * Both writes and both looks are volatile, so at least one of the two sees what the other has written; the
 * compare-and-set lets at most one of them take the turn. Without the holder's second look a successor that joined
 * between its empty poll and its write would stand in line for ever ({@code TurnStressTest} shows both).
 *
 * <p>Whatever a holder did is visible to the next one: either through the line or through {@code held}.
 */
public final class Turn {

    private static final Logger log = LoggerFactory.getLogger(Turn.class);

    private static final VarHandle HELD;

    static {
        try {
            HELD = MethodHandles.lookup().findVarHandle(Turn.class, "held", boolean.class);
        } catch (ReflectiveOperationException ex) {
            throw new ExceptionInInitializerError(ex);
        }
    }

    /** Many put in, only the holder takes out. */
    private final Queue<Successor> line = PlatformDependent.newMpscQueue();

    private volatile boolean held;

    private volatile @Nullable Successor holder;

    private volatile long turns;

    private final Runnable onFree;

    /** In which thread something short runs with the turn. Read by any thread. */
    private volatile @Nullable Thread inlineThread;

    /** Makes a free turn. */
    public Turn() {
        this(() -> {});
    }

    /**
     * Makes a free turn.
     * @param onFree called by whoever has left the turn free, in any thread; short, and must not throw
     */
    public Turn(Runnable onFree) {
        this.onFree = onFree;
    }

    /** Stands in line. Any thread. */
    public void join(Successor successor) {
        line.add(successor);
        if (!held && HELD.compareAndSet(this, false, true)) {
            hand();
        }
    }

    /** Stands in line with something short that runs within the hand-over, and must not wait. Any thread. */
    public void run(Runnable action) {
        join(new Inline(action));
    }

    /** Gives the turn to the next in line, or leaves it free. Only by its holder. */
    public void pass() {
        hand();
    }

    private void hand() {
        for (; ; ) {
            Successor next = line.poll();
            if (next == null) {
                holder = null;
                held = false;
                if (line.isEmpty() || !HELD.compareAndSet(this, false, true)) {
                    onFree.run();
                    return;
                }
            } else {
                holder = next;
                turns++; // only the holder counts, so nothing is lost
                if (next.take()) {
                    return; // somebody else has it now: nothing of this object may be touched any more
                }
            }
        }
    }

    /** Returns whether nobody has the turn or waits for it. Any thread. */
    public boolean isFree() {
        return !held && line.isEmpty();
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
