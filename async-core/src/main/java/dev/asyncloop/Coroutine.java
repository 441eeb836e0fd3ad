package dev.asyncloop;

import dev.asyncloop.internal.carrier.LoopCarrier;
import dev.asyncloop.internal.jfr.CoroutineEvents;
import dev.asyncloop.internal.turn.Keeper;
import dev.asyncloop.internal.turn.Successor;
import java.lang.Thread.UncaughtExceptionHandler;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * A coroutine: a virtual thread that runs when it has the turn of its loop, and the task of its result.
 *
 * <p>Fields are touched by the coroutine itself, which has the turn then, unless a comment says who else does.
 */
class Coroutine<T extends @Nullable Object> extends LoopTask<T>
        implements Successor, Runnable, UncaughtExceptionHandler, Keeper, CoroutineEvents.Subject {

    /** So many waits in a row on something already done are free, or for so long; then the others get a turn. */
    private static final int FREE_WAITS = 128;

    private static final long FREE_NANOS = 1_000_000;

    private final Callable<T> body;

    private final ContextView context;

    /** Whose child this is, if it is one; its end is this one's end. */
    private final @Nullable Coroutine<?> parent;

    private final @Nullable TaskGroup group;

    /** Only where any wait gives way. */
    private final @Nullable Lending lending;

    /** Made for the first that is owned: most coroutines own nothing. */
    private @Nullable Belongings belongings;

    /** Its monitor keeps an interrupt for a blocking section, or for a lent turn, from arriving after that has ended. */
    private final Scope root = new Scope(null, false);

    /** Read by who cancels. */
    private volatile Scope scope = root;

    /** Made at the first turn, by whoever hands it over; read by who cancels. */
    private volatile @Nullable Thread thread;

    /** Written by whoever hands the turn over, and by the coroutine when it gives the turn away. */
    private volatile boolean onTurn;

    /** What the coroutine waits for in {@link Async}; read by who cancels. */
    private volatile @Nullable Wait<?> wait;

    /** Whether the body has ended: the outcome is handed over, and nobody may wait or start a child any more. */
    private boolean ending;

    /** Whether the coroutine is in {@link Async#blocking}. Guarded by {@link #root}. */
    private boolean blocking;

    /** Whether there was an interrupt that a shield keeps out, and its end brings back. The root is cancelled for it. */
    private boolean interruptKept;

    /** By the loop's clock. */
    private final long startedAt;

    private boolean threadNamed;

    private int freeWaits;

    private long freeSince;

    Coroutine(DefaultIOLoop loop, @Nullable String name, Callable<T> body, ContextView context, SwitchOn switchOn) {
        this(loop, name, body, context, switchOn, null, null);
    }

    Coroutine(
            DefaultIOLoop loop,
            @Nullable String name,
            Callable<T> body,
            ContextView context,
            SwitchOn switchOn,
            @Nullable Coroutine<?> parent,
            @Nullable TaskGroup group) {
        super(loop, name);
        this.body = body;
        this.context = context;
        this.lending = switchOn == SwitchOn.ANY ? new Lending(this, root) : null;
        this.parent = parent;
        this.group = group;
        this.startedAt = loop.now();
    }

    /** A child that was given no name says whose child it is. */
    @Override
    public String name() {
        if (givenName() != null || parent == null) {
            return super.name();
        }
        String parentName = parent.givenName();
        return "child #" + id() + " of " + (parentName != null ? "'" + parentName + "'" : "#" + parent.id());
    }

    /**
     * Gives the thread of a coroutine without a name the one that is made up from its number: not before somebody can see it
     * wait, as a short callback would pay more for that than for anything else.
     */
    private void nameThread() {
        if (!threadNamed) {
            threadNamed = true;
            if (givenName() == null) {
                Thread.currentThread().setName(name());
            }
        }
    }

    // ---- who runs

    /** Returns the coroutine that runs in this thread and has the turn, if any. */
    static @Nullable Coroutine<?> withTurn() {
        Coroutine<?> coroutine = ofThread();
        return coroutine != null && coroutine.onTurn ? coroutine : null;
    }

    /** Returns the coroutine that has a turn as this successor, if it is one. */
    static @Nullable Coroutine<?> of(@Nullable Successor holder) {
        return holder instanceof Coroutine<?> coroutine
                ? coroutine
                : holder instanceof Lending lending ? lending.coroutine() : null;
    }

    /**
     * Returns the coroutine that runs in this thread, if any, also in a blocking section. It is known by the thread's handler
     * of uncaught exceptions, which each thread has a field for: a thread local would be a map of 136 bytes for each.
     */
    static @Nullable Coroutine<?> ofThread() {
        Thread current = Thread.currentThread();
        return current.getUncaughtExceptionHandler() instanceof Coroutine<?> coroutine && coroutine.thread == current
                ? coroutine // and no thread that was given the same handler
                : null;
    }

    /**
     * Returns the coroutine that runs in this thread.
     * @param operation what was called, for the message
     * @throws IllegalStateException if there is none, or it is in a blocking section
     */
    static Coroutine<?> current(String operation) {
        Coroutine<?> coroutine = ofThread();
        if (coroutine == null || !coroutine.onTurn || coroutine.ending) {
            throw Misuse.notInCoroutine(operation, coroutine == null || coroutine.ending ? null : coroutine);
        }
        return coroutine;
    }

    DefaultIOLoop loop() {
        return loop;
    }

    /** Returns whether the body has ended, and with it what the coroutine owned. Only by who has the turn. */
    boolean isEnding() {
        return ending;
    }

    SwitchOn switchOn() {
        return lending != null ? SwitchOn.ANY : SwitchOn.AWAIT;
    }

    Scope scope() {
        return scope;
    }

    ContextView context() {
        return context;
    }

    /** Returns what it owns, to be added to. Only by who has the turn. */
    Belongings belongings() {
        Belongings mine = belongings;
        if (mine == null) {
            mine = new Belongings();
            belongings = mine;
        }
        return mine;
    }

    /** Returns what it owns, if it has ever owned anything. Any thread, as {@link Belongings#coroutinesBeside} has it. */
    @Nullable
    Belongings owned() {
        return belongings;
    }

    /** Returns the group whose child this is, if it is one. */
    @Nullable
    TaskGroup group() {
        return group;
    }

    @Nullable
    Coroutine<?> parent() {
        return parent;
    }

    /** Returns what the coroutine waits for in {@link Async}, if it does. Any thread. */
    @Nullable
    Object waitsFor() {
        Wait<?> waiting = wait;
        return waiting != null ? waiting.subject : null;
    }

    /** Returns what the coroutine does. Only with the turn, of its own or of somebody else. */
    CoroutineInfo.State activity() {
        if (thread == null) {
            return CoroutineInfo.State.NEW;
        }
        if (onTurn) {
            return CoroutineInfo.State.RUNNING;
        }
        if (wait != null) {
            return CoroutineInfo.State.WAITING;
        }
        if (lending != null && lending.isWaiting()) {
            return CoroutineInfo.State.BLOCKING;
        }
        synchronized (root) {
            return blocking ? CoroutineInfo.State.BLOCKING : CoroutineInfo.State.READY;
        }
    }

    /** Returns whether it was handed in as a callback. */
    boolean isCallback() {
        return body instanceof Callback;
    }

    /** Returns when it was started, by the loop's clock. */
    long startedAt() {
        return startedAt;
    }

    @Nullable
    Thread thread() {
        return thread;
    }

    // ---- what events say of it

    @Override
    public String loopName() {
        return loop.name();
    }

    @Override
    public long parentId() {
        return parent != null ? parent.id() : 0;
    }

    // ---- life

    /** Has the coroutine run, or go on, when it is its turn. Any thread. */
    void standInLine() {
        loop.turn().join(this);
    }

    @Override
    public boolean take() {
        Thread started = thread;
        if (started != null) {
            onTurn = true;
            LockSupport.unpark(started);
            return true;
        }
        loop.startDelays().begins(startedAt);
        if (owner == null) {
            loop.belongings().add(this);
        }
        CancellationException cancelled = root.pending();
        if (cancelled != null) {
            end(null, cancelled);
            return false;
        }
        try {
            LoopCarrier carrier = loop.loopCarrier();
            Thread fresh = loop.withClassLoader(
                    lending != null ? carrier.newLendingThread(this, lending) : carrier.newThread(this));
            String name = givenName();
            if (name != null) {
                fresh.setName(name + " #" + id());
            }
            fresh.setUncaughtExceptionHandler(this);
            onTurn = true;
            thread = fresh;
            fresh.start();
            return true;
        } catch (Throwable ex) { // no memory for a thread: this coroutine fails, the line goes on
            onTurn = false;
            end(null, ex);
            return false;
        }
    }

    @Override
    public void run() {
        T value = null;
        Throwable failure = null;
        try {
            CancellationException cancelled = root.pending();
            if (cancelled != null) { // who cancelled meanwhile has found no thread to interrupt
                throw cancelled;
            }
            Contexts.restore(context);
            value = body.call();
        } catch (InterruptedException ex) {
            failure = interrupted(ex);
        } catch (Throwable ex) {
            failure = ex;
        }
        Thread.interrupted(); // it was for this body, and is nothing for what hears of the end
        try {
            end(value, failure);
        } finally { // whatever happened: a turn that is not passed on ends the loop
            onTurn = false;
            loop.turn().pass();
        }
    }

    /** What gets out of the thread: not what the body throws, but what goes wrong after its end, or in a thread with the same handler. */
    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        loop.failedInside("thread '" + thread.getName() + "' of '" + name() + "'", failure);
        UncaughtExceptionHandler byDefault = Thread.getDefaultUncaughtExceptionHandler();
        if (byDefault != null) {
            byDefault.uncaughtException(thread, failure);
        }
    }

    /** Ends this coroutine, and with it what it still owns; only by who has the turn. */
    private void end(@Nullable T value, @Nullable Throwable failure) {
        ending = true;
        try {
            endOwned();
            if (group != null && !group.isSupervising()) {
                markKnown(); // the group throws what its children throw
            }
            loop.lived(this, failure);
            CoroutineEvents.ended(this, failure);
            settle(value, failure);
        } catch (Throwable ex) { // of the failure's own methods, for example
            loop.failedInside("the end of '" + name() + "'", ex);
        } finally {
            leaveGroup(failure);
            loop.ended();
        }
    }

    private void leaveGroup(@Nullable Throwable failure) {
        if (group != null) {
            try {
                group.childEnded(this, failure);
            } catch (Throwable ex) {
                loop.failedInside("the end of '" + name() + "'", ex);
            }
        }
    }

    private void endOwned() {
        Belongings mine = belongings;
        LoopTask<?> owned;
        while (mine != null && (owned = mine.poll()) != null) {
            owned.endWithOwner("its owner '" + name() + "' has ended");
        }
    }

    // ---- cancellation

    @Override
    boolean cancel(boolean interrupt, String reason) {
        if (isDone()) {
            return false;
        }
        root.cancel(cancellation(reason));
        reach(interrupt);
        return true;
    }

    /** Cancels this coroutine although it may be shielded; only by who has the turn. */
    void cancelAtLast(String reason) {
        root.cancelAtLast(cancellation(reason));
        reach(true);
    }

    /** Lets a cancellation of one of the scopes reach the coroutine where it is now. Any thread. */
    void reach(boolean interrupt) {
        Wait<?> waiting = wait;
        if (waiting != null) {
            waiting.cancelIfReached();
        }
        synchronized (root) {
            Thread running = thread;
            boolean runs = waiting == null || !waiting.isCancelled(); // or goes on with the value of its wait
            CancellationException cancelled = scope.pending();
            if (running == null || cancelled == null) {
                return;
            }
            if (blocking || interrupt && runs) {
                if (lending != null) {
                    lending.interrupted(cancelled);
                }
                running.interrupt();
            } else if (lending != null && lending.interrupts(cancelled)) {
                running.interrupt();
            }
        }
    }

    /** Throws if this coroutine is cancelled; an interrupt counts as a cancellation. */
    void throwIfCancelled() {
        if (Thread.currentThread().isInterrupted()) {
            if (isOwnInterrupt(scope)) {
                Thread.interrupted(); // the cancellation itself is thrown below
            } else {
                root.cancel(cancellation("it was interrupted"));
                if (scope.pending() == null) {
                    Thread.interrupted();
                    interruptKept = true;
                }
            }
        }
        CancellationException cancelled = scope.pending();
        if (cancelled != null) {
            tell(cancelled);
            throw Failures.cancelledHere(cancelled);
        }
    }

    /** Notes that the coroutine gets to know of a cancellation by what is thrown here. */
    private void tell(CancellationException cancelled) {
        if (lending != null) {
            lending.told(cancelled);
        }
    }

    /** Returns, once, whether an interrupt that was met is that of a cancellation which still reaches this scope. */
    private boolean isOwnInterrupt(Scope reached) {
        return lending != null && lending.isOwnInterrupt(reached);
    }

    /** Turns an interrupt that a JDK call has met into the cancellation that it counts as. */
    private CancellationException interrupted(InterruptedException ex) {
        CancellationException cancelled = cancellation("it was interrupted");
        if (!isOwnInterrupt(scope)) {
            root.cancel(cancelled);
        }
        CancellationException pending = scope.pending();
        if (pending != null) {
            tell(pending);
        }
        CancellationException here = Failures.cancelledHere(pending != null ? pending : cancelled);
        here.addSuppressed(ex);
        return here;
    }

    // ---- lending the turn while a wait of the JDK's lasts

    @Override
    public void keepTurn(boolean begins) {
        if (lending != null && thread == Thread.currentThread()) { // and no thread that was given the same handler
            lending.keep(begins);
        }
    }

    boolean hasTurn() {
        return onTurn;
    }

    /** The turn goes to somebody else for a while, or comes back. By who hands it over. */
    void hasTurn(boolean hasIt) {
        onTurn = hasIt;
    }

    // ---- giving way

    /** Gives the turn away until the wait has ended and it is this coroutine's turn again. */
    <V extends @Nullable Object> V finish(Wait<V> waiting) {
        if (!waiting.park()) {
            freeWait();
            return waiting.outcome();
        }
        nameThread();
        wait = waiting;
        waiting.cancelIfReached(); // a cancellation that came before the write above did not see the wait
        giveWay();
        parkUntilTurn(waiting);
        wait = null;
        if (waiting.isCancelled()) {
            CancellationException cancelled = scope.pending();
            if (cancelled != null) {
                tell(cancelled);
            }
            throw Failures.cancelledHere(cancelled != null ? cancelled : cancellation("its wait was cancelled"));
        }
        return waiting.outcome();
    }

    private void giveWay() {
        onTurn = false;
        loop.turn().pass();
    }

    /** Parks, never with the interrupt flag set: a park would return at once and the loop below would spin. */
    private void parkUntilTurn(@Nullable Wait<?> waiting) {
        boolean interrupted = false;
        if (onTurn) { // nobody else stood in line; the carrier has other things to do as well
            Thread.yield();
        }
        while (!onTurn) {
            if (Thread.interrupted()) {
                if (!isOwnInterrupt(scope)) {
                    interrupted = true;
                    root.cancel(cancellation("it was interrupted"));
                }
                if (waiting != null) {
                    waiting.cancelIfReached();
                }
            } else {
                LockSupport.park(loop);
            }
        }
        if (interrupted
                && scope.pending() == null) { // or a blocking section behind the shield would hear of it after all
            interruptKept = true;
        } else if (interrupted) {
            Thread.currentThread().interrupt();
        }
        freeWaits = 0;
    }

    /**
     * Counts a wait that cost no turn; gives the others one when there were too many in a row, and says so. By the loop's
     * clock: in virtual time a turn passes no time, and a slow machine does not change who comes when.
     */
    private boolean freeWait() {
        long now = loop.now();
        if (freeWaits++ == 0) {
            freeSince = now;
        }
        boolean tooMany = freeWaits > FREE_WAITS || now - freeSince > FREE_NANOS;
        if (tooMany) {
            giveOthersATurn();
        }
        return tooMany;
    }

    private void giveOthersATurn() {
        standInLine();
        giveWay();
        parkUntilTurn(null);
    }

    void yieldNow() {
        throwIfCancelled();
        giveOthersATurn();
        throwIfCancelled();
    }

    /** A wait on nothing: throws if this coroutine is cancelled, and counts as a wait that cost no turn. */
    void checkpoint() {
        throwIfCancelled();
        if (freeWait()) {
            throwIfCancelled(); // by one of the others
        }
    }

    // ---- sections with a scope of their own

    <V extends @Nullable Object> V withTimeout(Duration limit, Callable<V> body) {
        throwIfCancelled();
        loop.requireNotOver("`withTimeout`");
        Scope outside = scope;
        Scope inside = new Scope(outside, false);
        TimerHandle timer = loop.limit(limit, this, () -> timeOut(inside, limit));
        try {
            return within(inside, body);
        } catch (CancellationException ex) {
            if (!inside.isCancelled() || outside.pending() != null) {
                throw ex;
            }
            AsyncTimeoutException timeout =
                    new AsyncTimeoutException("The limit of " + limit + " has passed in '" + name() + "'");
            timeout.initCause(ex);
            throw timeout;
        } finally {
            timer.cancel();
        }
    }

    private void timeOut(Scope expired, Duration limit) {
        if (!scope.isWithin(expired)) {
            return; // the body has ended while this stood in line
        }
        String reason = "its limit of " + limit + " has passed";
        expired.cancel(cancellation(reason));
        reach(false);
        belongings().cancelWithin(expired, reason);
    }

    <V extends @Nullable Object> V shielded(Callable<V> body) {
        Scope outside = scope;
        Scope inside = new Scope(outside, true);
        boolean interrupted;
        synchronized (root) { // who cancels sees the shield, or its interrupt is taken away here
            scope = inside;
            interrupted = Thread.interrupted();
        }
        if (interrupted && isOwnInterrupt(outside)) {
            interrupted = false; // the next wait behind the shield is
        }
        if (interrupted) {
            root.cancel(cancellation("it was interrupted"));
            interruptKept = true;
        }
        try {
            return within(inside, body);
        } finally {
            scope = Objects.requireNonNull(inside.outer);
            inside.lift();
            if (interruptKept && scope.pending() != null) { // else there is another shield around this one
                interruptKept = false;
                Thread.currentThread().interrupt();
            }
        }
    }

    <V extends @Nullable Object> V within(Scope inside, Callable<V> body) {
        Scope outside = scope;
        scope = inside;
        try {
            return body.call();
        } catch (InterruptedException ex) {
            throw interrupted(ex);
        } catch (Exception ex) {
            throw Failures.unchecked(ex);
        } finally {
            scope = outside;
            if (lending != null && inside.isCancelled()) {
                lending.forget(outside);
            }
        }
    }

    <V extends @Nullable Object> V blocking(Callable<V> body) {
        throwIfCancelled();
        nameThread();
        loop.idleness().leave();
        beginBlocking();
        giveWay();
        try {
            V value = body.call();
            endBlocking();
            return value;
        } catch (Throwable ex) {
            boolean interrupted = endBlocking() || ex instanceof InterruptedException;
            CancellationException cancelled = scope.pending();
            if (interrupted && cancelled != null) {
                CancellationException here = Failures.cancelledHere(cancelled);
                here.addSuppressed(ex);
                throw here;
            }
            if (ex instanceof InterruptedException interruption) {
                throw interrupted(interruption);
            }
            throw Failures.unchecked(ex);
        }
    }

    private void beginBlocking() {
        loop.blocks(true);
        synchronized (root) {
            blocking = true;
            if (scope.pending() != null) { // it came before anybody could see that we block
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Takes the turn back, and returns whether this thread was interrupted by a cancellation meanwhile. */
    private boolean endBlocking() {
        boolean interrupted;
        synchronized (root) {
            blocking = false;
            interrupted = Thread.interrupted();
        }
        loop.blocks(false);
        standInLine();
        loop.idleness().comeBack(); // after that: the loop is not idle in between
        parkUntilTurn(null);
        boolean byCancellation = interrupted && scope.pending() != null;
        if (interrupted && !byCancellation) {
            Thread.currentThread().interrupt();
        }
        return byCancellation;
    }
}
