package dev.asyncloop;

import dev.asyncloop.internal.carrier.EventLoopCarrier;
import dev.asyncloop.internal.carrier.JdkCarrier;
import dev.asyncloop.internal.carrier.JdkInternals;
import dev.asyncloop.internal.carrier.LoopCarrier;
import dev.asyncloop.internal.carrier.Transport;
import dev.asyncloop.internal.jfr.CoroutineEvents;
import dev.asyncloop.internal.log.SafeLog;
import dev.asyncloop.internal.meter.BusyTime;
import dev.asyncloop.internal.meter.Lateness;
import dev.asyncloop.internal.meter.StartDelays;
import dev.asyncloop.internal.timer.Timer;
import dev.asyncloop.internal.timer.Timers;
import dev.asyncloop.internal.turn.Turn;
import dev.asyncloop.internal.watchdog.Debugger;
import dev.asyncloop.internal.watchdog.Watchdog;
import dev.asyncloop.internal.watchdog.Watched;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * The loop: a turn, its timers, a carrier, an executor, a watchdog, and the coroutines.
 */
final class DefaultIOLoop implements DrivenLoop {

    private static final Logger log = LoggerFactory.getLogger(IOLoop.class);

    private final IOLoopOptions options;

    private final Carrier kind;

    private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

    private final Idleness idleness = new Idleness(this);

    private final BusyTime busy = new BusyTime(System::nanoTime);

    private final StartDelays startDelays;

    private final Turn turn;

    private final Timers timers;

    private final LoopCarrier carrier;

    private final LoopExecutor executor;

    private final SlowCallbackReport slowCallbacks;

    private final Watchdog<Watched> watchdog;

    private final LoopEnd end;

    private final Admission admission;

    private final ForeignCalls foreignCalls = new ForeignCalls(this);

    private final LoopView view;

    /** This loop as its users see it; written before anybody has it. */
    private volatile IOLoop face;

    /** What has no other owner; touched only by who has the turn. */
    private final Belongings belongings = new Belongings();

    /** Whether the end has failed what still waited; written by who has the turn. */
    private volatile boolean over;

    private final AtomicLong ids = new AtomicLong();

    private final AtomicLong failures = new AtomicLong();

    private final @Nullable CoroutineTimes times;

    private final AtomicInteger inBlocking = new AtomicInteger();

    private DefaultIOLoop(IOLoopOptions options, Carrier kind) {
        this.options = options;
        this.kind = kind;
        LoopClock clock = options.clock();
        this.turn = kind == Carrier.JDK
                ? new Turn(idleness::turnIsFree, this::relieve, busy, this::isEventLoop)
                : new Turn(idleness::turnIsFree, this::relieve, null, null);
        this.times = options.timedCoroutines() ? new CoroutineTimes(this) : null;
        Lateness lateness = new Lateness(this::now);
        this.startDelays = new StartDelays(this::now, lateness);
        this.timers = new Timers(turn, clock::nanoTime, clock.ticks(), lateness, this::deadlineMoved);
        this.executor = new LoopExecutor(this, options);
        this.slowCallbacks = new SlowCallbackReport(options, Debugger::isPresent);
        this.end = new LoopEnd(this, options.cleanUp());
        this.admission = new Admission(options, end);
        Transport transport = clock.jumps() ? Transport.counting() : Transport.choose(options.nativeTransport());
        if (kind == Carrier.EVENT_LOOP) {
            EventLoopCarrier eventLoop = new EventLoopCarrier(options.name(), timers, transport, busy, turn::isFree);
            this.carrier = eventLoop;
            eventLoop.start();
        } else {
            JdkCarrier jdk = new JdkCarrier(options.name(), timers, transport, turn::open);
            this.carrier = jdk;
            jdk.start();
        }
        this.watchdog = new Watchdog<>(
                options.name(),
                List.of(
                        new TurnWatch(turn, kind == Carrier.EVENT_LOOP, slowCallbacks),
                        new CarrierWatch(carrier, turn, slowCallbacks),
                        new EventLoopWatch(carrier, turn, slowCallbacks),
                        new PutOffWatch(this, turn),
                        new Standstill(turn, timers, slowCallbacks)),
                Durations.nanos(options.slowCallback()),
                Durations.nanos(options.quietStart()));
        watchdog.start();
        this.view = new LoopView(this, busy, lateness, slowCallbacks);
        this.face = this;
    }

    static IOLoop start(IOLoopOptions options) {
        Carrier kind = CarrierChoice.of(options.carrier());
        requireCanLend(kind, options.switchOn(), "Loop '" + options.name() + "'");
        DefaultIOLoop loop = new DefaultIOLoop(options, kind);
        try {
            loop.face = options.clock().attach(loop);
        } catch (RuntimeException | Error ex) {
            loop.stop();
            throw ex;
        }
        return loop.face;
    }

    /** Gives a thread the class loader of who has made this loop: in an executable jar the JDK's own knows no application. */
    Thread withClassLoader(Thread thread) {
        thread.setContextClassLoader(classLoader);
        return thread;
    }

    /** While the constructor runs there is no carrier yet, and no timer. */
    private void deadlineMoved() {
        carrier.deadlineMoved();
    }

    /** Runs something of the loop's own that is no coroutine, and not to be done where the caller is. Any thread. */
    void inThreadOfItsOwn(Runnable action) {
        carrier.newThread(action).start();
    }

    /** After the end there is no I/O that who hands the turn on could keep from being done, and no thread is made. */
    private void relieve(Runnable handOver) {
        if (over) {
            throw new RejectedExecutionException("'" + name() + "' has ended");
        }
        inThreadOfItsOwn(handOver);
    }

    /**
     * Whether the caller is about to have more coroutines join, and to open the turn then: the event loop while it reads what
     * there is to read. On the JDK carrier a hand-over wakes another thread; so that is paid for once for all that have come.
     */
    private boolean isEventLoop() {
        return carrier.eventLoop().inEventLoop() && !carrier.eventLoop().isShuttingDown();
    }

    // ---- what the parts ask

    IOLoop face() {
        return face;
    }

    Idleness idleness() {
        return idleness;
    }

    Turn turn() {
        return turn;
    }

    StartDelays startDelays() {
        return startDelays;
    }

    Timers timerSet() {
        return timers;
    }

    LoopCarrier loopCarrier() {
        return carrier;
    }

    Belongings belongings() {
        return belongings;
    }

    @Override
    public IOLoopOptions options() {
        return options;
    }

    LoopExecutor executor() {
        return executor;
    }

    Watchdog<Watched> watchdog() {
        return watchdog;
    }

    int live() {
        return admission.live();
    }

    long started() {
        return admission.started();
    }

    /** A coroutine begins a blocking section, or has ended it. Any thread. */
    void blocks(boolean begins) {
        inBlocking.addAndGet(begins ? 1 : -1);
    }

    int inBlocking() {
        return inBlocking.get();
    }

    long failures() {
        return failures.get();
    }

    /** Returns the clock's time, or nothing of use if it fails: what starts must not depend on it. */
    long now() {
        try {
            return options.clock().nanoTime();
        } catch (Throwable ex) { // a timer's callback would be lost
            return 0;
        }
    }

    long nextId() {
        return ids.incrementAndGet();
    }

    /** Whether the caller has the turn: as a coroutine, or as something short that runs between two of them. */
    boolean hasTurn() {
        return inLoop() || turn.runsHere();
    }

    /** Whether the loop waits for the caller, which is no coroutine: Netty's code, or something short that has the turn. */
    boolean isHeldUpHere() {
        return turn.runsHere() || carrier.eventLoop().inEventLoop() || isUnknownCoroutine();
    }

    /** Whether the caller is the coroutine with the turn, whose thread somebody has given another exception handler. */
    private boolean isUnknownCoroutine() {
        Coroutine<?> holder = Coroutine.of(turn.holder());
        return holder != null && holder.thread() == Thread.currentThread() && Coroutine.ofThread() == null;
    }

    /** Runs something short with the turn: at once if the caller has it, else when it comes round. */
    void inTurn(Runnable action) {
        if (hasTurn()) {
            action.run();
        } else {
            turn.run(action);
        }
    }

    /**
     * Sets a timer for something short that runs in the turn, without a coroutine.
     * @param subject what the timer is for: a coroutine or a task, or else the name of a callback
     */
    TimerHandle timer(Duration delay, Object subject, Runnable action) {
        long nanos = Durations.nanos(delay);
        Timer timer = hasTurn() ? timers.setInTurn(nanos, subject, action) : timers.set(nanos, subject, action);
        return timer::cancel;
    }

    /**
     * As {@link #timer}, for a limit: its action stands in line behind the coroutines that timers due before have made
     * ready, as if it were a coroutine itself. So what ends in time counts as in time.
     */
    TimerHandle limit(Duration limit, Object subject, Runnable action) {
        return timer(limit, subject, () -> turn.run(action));
    }

    void failureNobodyAwaited(LoopTask<?> task, Throwable failure) {
        failures.incrementAndGet();
        SafeLog.error(log, failure, "Exception in '{}' that nobody awaited", task.name());
    }

    /** Logs what must not happen in the loop's own or its users' short code. */
    void failedInside(String where, Throwable failure) {
        SafeLog.error(log, failure, "Exception in {} of '{}'", where, name());
    }

    /** A coroutine is about to end; in its turn. */
    void lived(Coroutine<?> coroutine, @Nullable Throwable failure) {
        if (times != null) {
            times.ended(coroutine, failure);
        }
    }

    void ended() {
        admission.leave();
    }

    /**
     * Fails all that still waits, shielded or not: from now on there are no timers and no I/O. However deep one owns another,
     * and whatever goes wrong with one of them: nobody is left to end the waits of the others. Only with the turn.
     */
    void over() {
        over = true;
        String reason = "'" + name() + "' is closed";
        Deque<Coroutine<?>> rest = new ArrayDeque<>(belongings.coroutines());
        Coroutine<?> next;
        while ((next = rest.poll()) != null) {
            try {
                Belongings owned = next.owned();
                if (owned != null) {
                    rest.addAll(owned.coroutines());
                }
                next.cancelAtLast(reason);
            } catch (Throwable ex) {
                failedInside("the cancellation of '" + next.name() + "'", ex);
            }
        }
        try {
            belongings.cancelAll(reason);
        } catch (Throwable ex) {
            failedInside("the end", ex);
        }
    }

    /** Whether there are no timers and no I/O any more. */
    boolean isOver() {
        return over;
    }

    /**
     * Refuses a wait that nothing would end any more.
     * @throws LoopClosedException if the loop has no timers and no I/O any more
     */
    void requireNotOver(String wait) {
        if (over) {
            throw new LoopClosedException(wait + " was called after the end of '" + name()
                    + "', which has no timers and no I/O any more; what outlives its loop can only finish");
        }
    }

    /**
     * Where what depends on a task runs: as callbacks, and also while the loop is closing. With the context of who asks,
     * not of who happens to complete the task.
     */
    Executor dependents() {
        ContextView context = capture();
        return callback -> join(coroutine(null, new Callback(callback), context));
    }

    // ---- what a clock asks that is moved by hand

    @Override
    public void clockMoved() {
        timers.checkInTurn();
    }

    @Override
    public void onIdle(Runnable listener) {
        idleness.listen(listener);
    }

    @Override
    public @Nullable Duration untilNextTimer() {
        Long wait = askInTurn(timers::untilDeadline);
        return wait == Long.MAX_VALUE ? null : Duration.ofNanos(wait);
    }

    @Override
    public int openChannels() {
        return carrier.transport().channels();
    }

    @Override
    public List<String> timers() {
        return askInTurn(() -> timers.subjects().stream()
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .toList());
    }

    @Override
    public long turns() {
        return turn.turns();
    }

    @Override
    public @Nullable TurnHolder turnHolder() {
        Coroutine<?> coroutine = Coroutine.of(turn.holder());
        if (coroutine != null) {
            Thread thread = coroutine.thread();
            return new TurnHolder(coroutine.name(), thread != null ? List.of(thread.getStackTrace()) : List.of());
        }
        return null;
    }

    @Override
    public void cancelCoroutines(String reason) {
        Coroutine<?> holder = Coroutine.of(turn.holder());
        if (holder != null) {
            holder.cancel(true, reason); // it may block, and then no turn comes
        }
        inTurn(() -> belongings.coroutines().forEach(coroutine -> coroutine.cancel(true, reason)));
    }

    private <T> T askInTurn(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        inTurn(() -> {
            try {
                answer.complete(question.get());
            } catch (Throwable ex) { // or the one who has asked would wait for ever
                answer.completeExceptionally(ex);
            }
        });
        turn.open(); // which it may be this thread's to do
        return answer.join();
    }

    // ---- what can be seen from outside

    @Override
    public List<CoroutineInfo> coroutines() {
        return view.look(CoroutineTree.Query.ALL).infos();
    }

    @Override
    public List<CoroutineInfo> coroutinesWithStacks() {
        return view.look(CoroutineTree.Query.ALL).infosWithStacks();
    }

    @Override
    public CoroutineSnapshot snapshot(int limit) {
        return view.look(limit).snapshot(false);
    }

    @Override
    public CoroutineSnapshot snapshotWithStacks(int limit) {
        return view.look(limit).snapshot(true);
    }

    @Override
    public @Nullable CoroutineInfo coroutine(long id) {
        CoroutineTree tree = view.lookFor(id);
        return tree.infosWithStacks().stream()
                .filter(info -> info.id() == id) // zero has all of them shown
                .findFirst()
                .orElse(null);
    }

    @Override
    public List<StackTraceElement> stackOf(long id) {
        return view.lookFor(id).stackOf(id);
    }

    @Override
    public boolean cancel(long id, String reason) {
        Coroutine<?> coroutine = view.lookFor(id).coroutine(id);
        return coroutine != null && coroutine.cancel(false, reason);
    }

    @Override
    public LoopStatistics statistics() {
        return view.statistics();
    }

    @Override
    public LoopTotals totals() {
        return new LoopTotals(
                Duration.ofNanos(busy.nanos()),
                times != null ? times.coroutines() : Map.of(),
                times != null ? times.callbacks() : Map.of(),
                executor.completed(),
                executor.refused());
    }

    @Override
    public @Nullable SlowCallback slowCallback() {
        return view.slowCallback();
    }

    @Override
    public List<SlowCallbackRecord> slowCallbacks() {
        return slowCallbacks.last();
    }

    @Override
    public LoopState state() {
        return view.state();
    }

    // ---- identity

    @Override
    public LoopClock clock() {
        return options.clock();
    }

    @Override
    public boolean isClosing() {
        return end.isClosing();
    }

    /** Refuses what comes from outside while the loop is closing: see {@link LoopEnd#requireOpen}. */
    void requireOpen(String what) {
        end.requireOpen(what);
    }

    /** Returns what {@link #requireOpen} throws. */
    LoopClosedException refusal(String what) {
        return end.refusal(what);
    }

    /** Whether the loop has ended. Any thread. */
    boolean isClosed() {
        return end.isOver();
    }

    @Override
    public String name() {
        return options.name();
    }

    @Override
    public Carrier carrier() {
        return kind;
    }

    @Override
    public String threadName() {
        return kind == Carrier.EVENT_LOOP ? name() : carrier.eventLoopThread().getName();
    }

    @Override
    public String transport() {
        return carrier.transport().name();
    }

    @Override
    public boolean inLoop() {
        Coroutine<?> coroutine = Coroutine.withTurn();
        return coroutine != null && coroutine.loop() == this;
    }

    /** Returns the running coroutine, if it is one of this loop and what is started now belongs to it. */
    @Nullable
    Coroutine<?> currentHere() {
        Coroutine<?> coroutine = Coroutine.withTurn();
        return coroutine != null && coroutine.loop() == this && !coroutine.isEnding() ? coroutine : null;
    }

    @Override
    public EventLoopGroup eventLoopGroup() {
        return carrier.eventLoop();
    }

    // ---- starting

    static Callable<@Nullable Void> asCallable(Runnable runnable) {
        return () -> {
            runnable.run();
            return null;
        };
    }

    private static ContextView capture() {
        return Contexts.capture(Coroutine.withTurn());
    }

    /** Makes a coroutine that may start while the loop is closing, too. */
    <T extends @Nullable Object> Coroutine<T> coroutine(@Nullable String name, Callable<T> body, ContextView context) {
        return coroutine(name, null, options.switchOn(), body, context);
    }

    /** Makes a coroutine that is known by its name, as one of those who call from outside. */
    <T extends @Nullable Object> Coroutine<T> coroutine(String name, Callable<T> body) {
        return coroutine(name, "'" + name + "'", options.switchOn(), body, capture());
    }

    /** Makes a coroutine; {@code outside} says what it is if it has to be refused while the loop is closing. */
    private <T extends @Nullable Object> Coroutine<T> coroutine(
            @Nullable String name, @Nullable String outside, SwitchOn switchOn, Callable<T> body, ContextView context) {
        admission.enter(name, outside);
        return new Coroutine<>(this, name, body, context, switchOn);
    }

    /** Puts a coroutine in the line for the first time. */
    <T extends @Nullable Object> Coroutine<T> join(Coroutine<T> coroutine) {
        CoroutineEvents.started(coroutine);
        coroutine.standInLine();
        return coroutine;
    }

    private <T extends @Nullable Object> Coroutine<T> start(@Nullable String name, Callable<T> body) {
        return join(
                coroutine(name, name != null ? "'" + name + "'" : "a callback", options.switchOn(), body, capture()));
    }

    /**
     * Starts a coroutine that ends with another one.
     * @param scope the stretch of the parent with whose cancellation the child is cancelled
     */
    <T extends @Nullable Object> Coroutine<T> startChild(
            Coroutine<?> parent,
            Scope scope,
            @Nullable String name,
            Callable<T> body,
            ContextView context,
            @Nullable TaskGroup group) {
        admission.enter(name, null);
        Coroutine<T> child = new Coroutine<>(this, name, body, context, parent.switchOn(), parent, group);
        adopt(parent, scope, child);
        return join(child);
    }

    private static void adopt(Coroutine<?> owner, Scope scope, LoopTask<?> task) {
        task.startedIn = scope;
        owner.belongings().add(task);
    }

    /** Gives a task that is no coroutine its owner: the running coroutine, or the loop. */
    void adopt(LoopTask<?> task) {
        Coroutine<?> coroutine = currentHere();
        if (coroutine != null) {
            adopt(coroutine, coroutine.scope(), task);
        } else {
            turn.run(() -> {
                if (!task.isDone()) {
                    belongings.add(task);
                }
            });
        }
    }

    @Override
    public void addCallback(Runnable callback) {
        start(null, new Callback(callback));
    }

    @Override
    public <T extends @Nullable Object> Task<T> spawn(Callable<T> coroutine) {
        return start(null, coroutine);
    }

    @Override
    public Task<@Nullable Void> spawn(Runnable coroutine) {
        return start(null, asCallable(coroutine));
    }

    @Override
    public <T extends @Nullable Object> Task<T> spawn(String name, Callable<T> coroutine) {
        return start(name, coroutine);
    }

    @Override
    public Task<@Nullable Void> spawn(String name, Runnable coroutine) {
        return start(name, asCallable(coroutine));
    }

    @Override
    public <T extends @Nullable Object> Task<T> spawn(String name, SwitchOn switchOn, Callable<T> coroutine) {
        requireCanLend(kind, switchOn, "'" + name + "'");
        return join(coroutine(name, "'" + name + "'", switchOn, coroutine, capture()));
    }

    private static void requireCanLend(Carrier kind, SwitchOn switchOn, String what) {
        if (switchOn == SwitchOn.ANY && kind != Carrier.EVENT_LOOP) {
            throw new IllegalStateException(what
                    + " is to switch on any wait, which only the event-loop carrier can do;"
                    + " start the JVM with " + JdkInternals.FLAG + " and don't ask for the JDK carrier, or leave"
                    + " `switchOn` at AWAIT and put what blocks into `Async.blocking`");
        }
    }

    @Override
    public <T> Mono<T> mono(String name, Callable<? extends @Nullable T> body) {
        return mono(name, options.switchOn(), body);
    }

    @Override
    public <T> Mono<T> mono(String name, SwitchOn switchOn, Callable<? extends @Nullable T> body) {
        requireCanLend(kind, switchOn, "'" + name + "'");
        return CoroutineMono.of(this, name, switchOn, body);
    }

    /** Makes a coroutine whose outcome goes to a subscriber, in the context of that. */
    <T extends @Nullable Object> Coroutine<T> coroutineForSubscriber(
            String name, SwitchOn switchOn, Callable<T> body, ContextView context) {
        return coroutine(name, "'" + name + "'", switchOn, body, context);
    }

    /** Runs something short on the event loop. After its end that takes tasks and never runs them: then the caller does. */
    void onEventLoop(Runnable action) {
        if (carrier.eventLoop().isShuttingDown()) {
            action.run();
        } else {
            carrier.eventLoop().execute(action);
        }
    }

    @Override
    public <T extends @Nullable Object> LoopPromise<T> promise(String name) {
        LoopPromise<T> promise = new LoopPromise<>(this, name);
        adopt(promise);
        return promise;
    }

    // ---- timers

    @Override
    public TimerHandle callLater(Duration delay, Runnable callback) {
        return later(null, delay, callback, null);
    }

    @Override
    public TimerHandle callLater(String name, Duration delay, Runnable callback) {
        return later(name, delay, callback, null);
    }

    /**
     * As {@link #callLater(String, Duration, Runnable)}, for who has to know if the callback was due, but cancelled as a
     * coroutine before it has begun.
     * @param neverBegun called then instead, at once, by who has the turn; short
     */
    TimerHandle callLater(String name, Duration delay, Runnable callback, Runnable neverBegun) {
        return later(name, delay, callback, neverBegun);
    }

    private TimerHandle later(@Nullable String name, Duration delay, Runnable callback, @Nullable Runnable neverBegun) {
        end.requireOpen(name != null ? "'" + name + "'" : "a timer's callback");
        return LaterCallback.set(this, name, delay, callback, capture(), neverBegun);
    }

    @Override
    public TimerHandle callAt(Instant when, Runnable callback) {
        return callLater(Duration.between(options.clock().instant(), when), callback);
    }

    // ---- the executor

    @Override
    public <T extends @Nullable Object> Task<T> runInExecutor(Callable<T> blocking) {
        return executor.run(blocking, capture());
    }

    // ---- from foreign threads

    @Override
    public <T extends @Nullable Object> T runSync(Callable<T> coroutine) {
        return foreignCalls.run(coroutine);
    }

    @Override
    public <T extends @Nullable Object> T runSync(Duration limit, Callable<T> coroutine) {
        return foreignCalls.run(limit, coroutine);
    }

    @Override
    public <T extends @Nullable Object> Task<T> startForeign(
            String name, Callable<T> body, CompletableFuture<T> outcome) {
        return foreignCalls.start(name, body, outcome);
    }

    // ---- the end

    @Override
    public void stop() {
        end.begin(Duration.ZERO);
    }

    /** Whether the loop can't go on, or not to its end, while the caller waits. */
    private boolean isNeededByLoop() {
        Coroutine<?> coroutine = Coroutine.ofThread();
        return coroutine != null && coroutine.loop() == this || isHeldUpHere();
    }

    @Override
    public void awaitStopped() {
        if (isNeededByLoop()) {
            throw Misuse.wouldWaitForItself("IOLoop.awaitStopped", "call it in another thread");
        }
        end.await();
    }

    @Override
    public void close() {
        end.begin(options.gracePeriod());
        if (!isNeededByLoop()) {
            end.await();
        }
    }

    @Override
    public String toString() {
        return "IOLoop '" + options.name() + "' (" + kind + ", " + transport() + ")";
    }
}
