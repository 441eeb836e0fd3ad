package dev.asyncloop;

import dev.asyncloop.internal.log.SafeLog;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.LongSupplier;
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
 * <p>Periods and delays are measured by the loop's monotonic timers, so a clock that is set does not matter; times of day are
 * those of its clock, see {@link PeriodicSchedule#at}. All methods may be called by any thread, the body itself included; none
 * of them waits for the loop, so they work also while somebody keeps its turn.
 */
public final class PeriodicCallback {

    /** How many calls that have ended are remembered, for {@link PeriodicStatus#history}. */
    public static final int HISTORY = 10;

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

    private final PeriodicObserver observer;

    /** Guards what follows; never held while the body runs. */
    private final Object state = new Object();

    private final PeriodicDue due;

    private final PeriodicRuns runs = new PeriodicRuns();

    private boolean running;

    private boolean paused;

    /** Set while the body runs: perhaps still that of an earlier start. */
    private @Nullable Instant busySince;

    /** Whether the body runs for the time that is due, and not for one from before a stop, or out of schedule. */
    private boolean busyWithDue;

    /** The context of who has started it; that of a call ends with the call. */
    private ContextView context = Context.empty();

    /** Null when there is none to wait for: while the body runs for it, in a pause, and after a stop. */
    private @Nullable TimerHandle timer;

    /** Tells a timer that comes too late, after a stop or another start, from the one that is waited for. */
    private long ticket;

    /** A call out of schedule that has not begun, or the last one that has. */
    private @Nullable Task<?> triggered;

    /**
     * Makes a callback on a fixed grid, to be started.
     * @throws IllegalArgumentException if the period is zero or negative
     */
    public PeriodicCallback(IOLoop loop, Duration every, Body body) {
        this(loop, "periodic callback every " + every, PeriodicSchedule.every(every), body);
    }

    /** Makes a callback, to be started; its coroutines and log messages carry its name. */
    public PeriodicCallback(IOLoop loop, String name, PeriodicSchedule schedule, Body body) {
        this(loop, name, schedule, body, PeriodicObserver.NONE);
    }

    /** As {@link #PeriodicCallback(IOLoop, String, PeriodicSchedule, Body)}, with somebody who watches its calls. */
    public PeriodicCallback(IOLoop loop, String name, PeriodicSchedule schedule, Body body, PeriodicObserver observer) {
        this.loop = loop;
        this.name = name;
        this.schedule = schedule;
        this.body = body;
        this.observer = observer;
        this.due = schedule.due(loop.clock());
    }

    // ---- steering

    /**
     * Starts the schedule; again after a stop, from the beginning. Does nothing if it is running (Tornado would begin a
     * second chain of calls). A body that still runs from before a stop is not overlapped either. What was paused stays so.
     * @throws LoopClosedException if the loop is closed
     */
    public void start() {
        synchronized (state) {
            if (isRunning()) {
                return;
            }
            context = Contexts.capture(Coroutine.withTurn());
            busyWithDue = false;
            due.begin();
            if (due.isOver()) {
                log.warn("'{}' was started, but its schedule ({}) has no further time", name, schedule);
                return;
            }
            if (!paused) {
                setTimer();
            }
            running = true;
        }
    }

    /** Stops the schedule. A body that runs now ends in its own time. */
    public void stop() {
        synchronized (state) {
            running = false;
            dropTimer();
        }
    }

    /**
     * Lets the times of the schedule pass without calls until {@link #resume()}; they do not count as skipped. A body that runs
     * now ends in its own time. Also before a start, and for good: a stop and a start do not end it.
     */
    public void pause() {
        synchronized (state) {
            paused = true;
            dropTimer();
        }
    }

    /**
     * Ends a pause. The next call comes at the time at which it would have come without one: the next of the same grid, or
     * of the day; with a delay, that after the last call, or if it has passed, one full delay from now.
     */
    public void resume() {
        synchronized (state) {
            if (paused) {
                paused = false;
                if (isRunning() && !busyWithDue) { // else the end of the body sets the next timer
                    goOn(due::catchUp, false);
                }
            }
        }
    }

    /**
     * Calls the body once now, out of schedule, as a coroutine that is owned by the loop; also while it is paused or
     * stopped. A grid and times of day stay as they are; those that pass while it runs are skipped. A delay counts anew from
     * its end.
     * @return false if a call runs already, or was triggered and has not begun: then nothing happens, as calls never overlap
     * @throws LoopClosedException if the loop is closed
     * @throws LoopFullException if too many coroutines are alive
     */
    public boolean trigger() {
        synchronized (state) {
            if (busySince != null || triggered != null && !triggered.isDone()) {
                return false;
            }
            triggered = Contexts.inContext(context, () -> loop.spawn(name, this::callNow));
            return true;
        }
    }

    // ---- reading

    /** Returns whether the schedule was started, and not stopped by hand or by the end of the loop. */
    public boolean isRunning() {
        synchronized (state) {
            return running && !loop.isClosing();
        }
    }

    /** Returns whether times of the schedule pass without calls. */
    public boolean isPaused() {
        synchronized (state) {
            return paused;
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
        return runs.count();
    }

    /**
     * Returns how many times of the schedule passed without a call, because the body or something else took too long, or with
     * one that was {@linkplain PeriodicSkippedException skipped}.
     */
    public long skipped() {
        return runs.skipped();
    }

    /** Returns how often the body has thrown, or its time was over. */
    public long failures() {
        return runs.failures();
    }

    /** Returns how many calls have ended in which way, and how long they took; all ways are there. */
    public Map<PeriodicRun.Outcome, PeriodicRun.Total> totals() {
        synchronized (state) {
            return runs.totals();
        }
    }

    /** Returns what the call that has {@linkplain PeriodicStatus#lastFailure failed last} has thrown, if one has. */
    public @Nullable Throwable lastThrown() {
        synchronized (state) {
            return runs.lastThrown();
        }
    }

    /** Returns how it stands, and its last calls, all of one moment. */
    public PeriodicStatus status() {
        synchronized (state) {
            return new PeriodicStatus(
                    currentState(),
                    paused,
                    timer != null && isRunning() ? due.time() : null,
                    busySince,
                    runs.count(),
                    runs.failures(),
                    runs.skipped(),
                    runs.last(),
                    runs.lastFailure(),
                    runs.history());
        }
    }

    private PeriodicStatus.State currentState() {
        if (busySince != null) {
            return PeriodicStatus.State.RUNNING;
        }
        if (!isRunning()) {
            return PeriodicStatus.State.STOPPED;
        }
        return paused ? PeriodicStatus.State.PAUSED : PeriodicStatus.State.SCHEDULED;
    }

    // ---- one call after the other

    private void setTimer() {
        long mine = ++ticket;
        Runnable call = () -> call(mine);
        timer = Contexts.inContext(
                context,
                () -> loop instanceof DefaultIOLoop own
                        ? own.callLater(name, due.untilDue(), call, () -> neverBegun(mine))
                        : loop.callLater(name, due.untilDue(), call));
    }

    /** The coroutine of a call was cancelled while it stood in line; the schedule goes on all the same. */
    private void neverBegun(long mine) {
        synchronized (state) {
            if (mine == ticket && !loop.isClosing()) {
                timer = null;
                if (busySince == null) { // else its end sets the next timer
                    goOn(due::catchUp, true);
                }
            }
        }
    }

    private void dropTimer() {
        ticket++;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void call(long mine) {
        if (begin(mine)) {
            execute(false);
        }
    }

    private void callNow() {
        synchronized (state) {
            if (busySince != null || loop.isClosing()) { // a call of the schedule has come first
                return;
            }
            becomeBusy();
        }
        execute(true);
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
            if (!due.isDue()) { // it was only time to look at the clock
                goOn(() -> 0, false);
                return false;
            }
            if (busySince != null) { // whose end sets the next timer
                return false;
            }
            becomeBusy();
            busyWithDue = true;
            return true;
        }
    }

    private void becomeBusy() {
        busySince = loop.clock().instant();
        runs.begun();
    }

    private void execute(boolean outOfSchedule) {
        PeriodicCall.run(loop, name, outOfSchedule, schedule.timeout(), body, observer, this::ended);
    }

    private void ended(PeriodicRun run, @Nullable Throwable failure) {
        synchronized (state) {
            busySince = null;
            runs.ended(run, failure);
            boolean called = busyWithDue;
            busyWithDue = false;
            if (!isRunning()) {
                return;
            }
            if (paused) {
                if (called || due.isPutOff()) { // or what was due now would be due once more after the pause
                    goOn(due::afterCall, false);
                }
            } else if (timer == null || due.isPutOff()) {
                dropTimer();
                goOn(called || due.isPutOff() ? due::afterCall : due::catchUp, true);
            }
        }
    }

    /**
     * Waits for the next time; not in a pause.
     * @param next goes on to it, and returns how many have passed
     * @param counted whether those are skipped
     */
    private void goOn(LongSupplier next, boolean counted) {
        try {
            long passed = next.getAsLong();
            runs.skipped(counted ? passed : 0);
            if (due.isOver()) {
                running = false;
                log.info("'{}' ends, as its schedule ({}) has no further time", name, schedule);
            } else if (!paused) {
                setTimer();
            }
        } catch (LoopClosedException ex) {
            running = false; // it was closed meanwhile
        } catch (Throwable ex) {
            running = false;
            SafeLog.error(log, ex, "Exception in the schedule ({}) of '{}', which stops", schedule, name);
        }
    }

    @Override
    public String toString() {
        return "PeriodicCallback '" + name + "' (" + schedule + ")";
    }
}
