package dev.asyncloop;

import dev.asyncloop.internal.log.SafeLog;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Something that runs again and again on a loop, each time as a coroutine of its own. Tornado's
 * {@code PeriodicCallback}.
 *
 * <pre>{@code
 * PeriodicCallback forget = new PeriodicCallback(loop, Duration.ofMinutes(1), hits::clear);
 * forget.start();
 * }</pre>
 *
 * <p>Calls never overlap: the next one is scheduled when the body has ended, with all it awaited. Times that passed
 * meanwhile are not made up for, but counted as {@link #skipped()}. A body that throws is logged with its name, and the
 * schedule goes on. When the loop is closed, no further call begins; one that does not end within the grace period is
 * cancelled and named like every coroutine that is owned by the loop.
 *
 * <p>Measured by the loop's monotonic timers, so a clock that is set does not matter. All methods may be called by any
 * thread, the body itself included.
 */
public final class PeriodicCallback {

    private static final Logger log = LoggerFactory.getLogger(PeriodicCallback.class);

    /**
     * What is run. It may {@code await}, and throw anything.
     */
    @FunctionalInterface
    public interface Body {

        /** Runs as a coroutine. */
        void run() throws Exception;
    }

    private final IOLoop loop;

    private final String name;

    private final PeriodicSchedule schedule;

    private final Body body;

    /** Times count from here, in nanoseconds. */
    private final long origin;

    /** Guards what follows; never held while the body runs. */
    private final Object state = new Object();

    private boolean running;

    /** Whether the body runs: perhaps still that of an earlier start. */
    private boolean busy;

    private long due;

    /** The context of who has started it; that of a call ends with the call. */
    private ContextView context = Context.empty();

    /** Null when there is none to wait for: while the body runs, and after a stop. */
    private @Nullable TimerHandle timer;

    /** Tells a timer that comes too late, after a stop or another start, from the one that is waited for. */
    private long ticket;

    private volatile long runs;

    private volatile long skipped;

    private volatile long failures;

    /**
     * Makes a callback on a fixed grid, to be started.
     * @throws IllegalArgumentException if the period is zero or negative
     */
    public PeriodicCallback(IOLoop loop, Duration every, Body body) {
        this(loop, "periodic callback every " + every, PeriodicSchedule.every(every), body);
    }

    /** Makes a callback, to be started; its coroutines and log messages carry its name. */
    public PeriodicCallback(IOLoop loop, String name, PeriodicSchedule schedule, Body body) {
        this.loop = loop;
        this.name = name;
        this.schedule = schedule;
        this.body = body;
        this.origin = loop.clock().nanoTime();
    }

    /**
     * Starts the schedule; again after a stop, from the beginning. Does nothing if it is running (Tornado would begin a
     * second chain of calls). A body that still runs from before a stop is not overlapped either.
     * @throws LoopClosedException if the loop is closed
     */
    public void start() {
        synchronized (state) {
            if (isRunning()) {
                return;
            }
            context = Contexts.capture(Coroutine.withTurn());
            Duration initialDelay = schedule.initialDelay();
            due = now();
            due = initialDelay != null
                    ? PeriodicArithmetic.next(due, 1, Durations.nanos(initialDelay))
                    : PeriodicArithmetic.next(due, 1, schedule.drawPeriod());
            setTimer();
            running = true;
        }
    }

    /** Stops the schedule. A body that runs now ends in its own time. */
    public void stop() {
        synchronized (state) {
            running = false;
            ticket++;
            if (timer != null) {
                timer.cancel();
                timer = null;
            }
        }
    }

    /** Returns whether the schedule was started, and not stopped by hand or by the end of the loop. */
    public boolean isRunning() {
        synchronized (state) {
            return running && !loop.isClosing();
        }
    }

    /** Returns the name. */
    public String name() {
        return name;
    }

    /** Returns the schedule. */
    public PeriodicSchedule schedule() {
        return schedule;
    }

    /** Returns how often the body has begun. */
    public long runs() {
        return runs;
    }

    /** Returns how many times of the grid passed without a call, because the body or something else took too long. */
    public long skipped() {
        return skipped;
    }

    /** Returns how often the body has thrown. */
    public long failures() {
        return failures;
    }

    private long now() {
        return loop.clock().nanoTime() - origin;
    }

    private void setTimer() {
        long mine = ++ticket;
        timer = Contexts.inContext(
                context, () -> loop.callLater(name, Duration.ofNanos(due - now()), () -> call(mine)));
    }

    private void call(long mine) {
        if (begin(mine)) {
            try {
                body.run();
            } catch (Throwable ex) {
                failed(ex);
            } finally {
                end();
            }
        }
    }

    private boolean begin(long mine) {
        synchronized (state) {
            if (mine != ticket) {
                return false;
            }
            timer = null;
            if (loop.isClosing()) {
                return false;
            }
            if (busy) { // with a body from before a stop; its end sets the next timer
                skipped++;
                return false;
            }
            busy = true;
            runs++;
            return true;
        }
    }

    private void failed(Throwable failure) {
        if (failure instanceof CancellationException && loop.isClosing()) {
            return;
        }
        synchronized (state) {
            failures++;
        }
        SafeLog.error(log, failure, "Exception in '{}', which goes on with its next call", name);
    }

    private void end() {
        synchronized (state) {
            busy = false;
            if (isRunning() && timer == null) {
                advance();
                setTimer();
            }
        }
    }

    private void advance() {
        long now = now();
        long period = schedule.drawPeriod();
        if (schedule.isGrid()) {
            long periods = PeriodicArithmetic.periods(due, now, period);
            skipped += periods - 1;
            due = PeriodicArithmetic.next(due, periods, period);
        } else {
            due = PeriodicArithmetic.next(now, 1, period);
        }
    }

    @Override
    public String toString() {
        return "PeriodicCallback '" + name + "' (" + schedule + ")";
    }
}
