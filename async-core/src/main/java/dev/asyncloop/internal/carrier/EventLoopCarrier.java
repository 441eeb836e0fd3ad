package dev.asyncloop.internal.carrier;

import dev.asyncloop.internal.log.SafeLog;
import dev.asyncloop.internal.meter.BusyTime;
import dev.asyncloop.internal.timer.Timers;
import dev.asyncloop.internal.turn.Lender;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One platform thread that carries everything.
 *
 * <p>It alternates: ready virtual threads for a budget, with a look at the clock after every slice; then what is due of the
 * timers; then one pass of Netty's event loop, which blocks in the poll only when nothing is ready.
 *
 * <p>Netty's event loop is itself a virtual thread here. Were it the carrier's own code, a lock that a coroutine, a Netty
 * handler and a third thread all want would freeze the loop for good: the coroutine is next to own the lock, needs the
 * carrier to go on, and the carrier sleeps in the queue behind it. As a virtual thread it only steps aside.
 */
public final class EventLoopCarrier implements LoopCarrier {

    private static final Logger log = LoggerFactory.getLogger(EventLoopCarrier.class);

    /** How long ready virtual threads run between two passes of the event loop, plus one slice. */
    private static final long BUDGET_NANOS = 1_000_000;

    private static final long NEVER = Long.MAX_VALUE;

    private final Queue<Runnable> ready = PlatformDependent.newMpscQueue();

    private final SleepGate gate = new SleepGate(this::wake, () -> LateThread.run(this::drainLate));

    private final ThreadFactory threads = JdkInternals.onScheduler(this::schedule);

    private final Timers timers;

    private final Transport transport;

    /** Told when the carrier's thread begins and ends to wait for something to do. */
    private final BusyTime busy;

    /** Who has the turn and waits in the JDK lets the thread go, but keeps the loop busy. */
    private final BooleanSupplier turnIsFree;

    private final Thread ioThread;

    private final IoLoop io;

    private final Thread carrier;

    /** The continuation of the event loop's thread: always the same object, and no line to stand in. */
    private volatile @Nullable Runnable ioContinuation;

    private final Stretches slices = new Stretches();

    /** The continuation of the slice that runs, or ran last; looked at by who watches. */
    private @Nullable Runnable running;

    private volatile boolean ioReady;

    private volatile boolean ioEnded;

    /**
     * Makes a carrier; {@link #start} starts it.
     * @throws IllegalStateException where {@link JdkInternals} are not available
     */
    public EventLoopCarrier(
            String name, Timers timers, Transport transport, BusyTime busy, BooleanSupplier turnIsFree) {
        this.timers = timers;
        this.transport = transport;
        this.busy = busy;
        this.turnIsFree = turnIsFree;
        this.ioThread = JdkInternals.onScheduler(this::scheduleIo)
                .newThread(() -> FastThreadLocalThread.runWithFastThreadLocal(this::turnIo));
        this.ioThread.setName(name + "-io");
        this.ioThread.setContextClassLoader(
                Thread.currentThread().getContextClassLoader()); // as a platform thread has it
        this.io = new IoLoop(ioThread, transport.handlers(), gate::maySleep, busy::begin, () -> {});
        this.carrier = Thread.ofPlatform().daemon().name(name).unstarted(this::carry);
    }

    /** Starts the carrier's thread. */
    public void start() {
        carrier.start();
    }

    @Override
    public Thread newThread(Runnable body) {
        return threads.newThread(body);
    }

    @Override
    public boolean canLend() {
        return true;
    }

    @Override
    public Thread newLendingThread(Runnable body, Lender lender) {
        return JdkInternals.onScheduler(new LendingScheduler(lender, this::schedule))
                .newThread(body);
    }

    @Override
    public IoEventLoop eventLoop() {
        return io;
    }

    @Override
    public long passes() {
        return io.passes();
    }

    @Override
    public void whenNettyIsIdle(Runnable action) {
        io.whenIdle(action);
    }

    @Override
    public Transport transport() {
        return transport;
    }

    @Override
    public void deadlineMoved() {
        gate.signal();
    }

    /** The scheduler of the virtual threads. Never throws, never blocks, never runs anything itself. */
    private void schedule(Runnable continuation) {
        ready.add(continuation);
        gate.signal();
    }

    /** The scheduler of the event loop's thread, and of virtual threads that were started inside it. */
    private void scheduleIo(Runnable continuation) {
        Runnable own = ioContinuation;
        if (own == null) {
            ioContinuation = continuation; // the first start, before anybody else could see the thread
        } else if (own != continuation) {
            schedule(continuation);
            return;
        }
        ioReady = true;
        gate.signal();
    }

    @Override
    public long slice() {
        return slices.current();
    }

    @Override
    public @Nullable Thread running() {
        Runnable continuation = running;
        return continuation != null ? JdkInternals.threadOf(continuation) : null;
    }

    @Override
    public long eventLoopWork() {
        return io.work().current();
    }

    @Override
    public Thread eventLoopThread() {
        return ioThread;
    }

    private void wake() {
        io.wakeup();
        LockSupport.unpark(carrier);
    }

    private void carry() {
        busy.begin();
        JdkInternals.startPollers();
        NonBlockingThreads.add(ioThread);
        ioThread.start();
        while (!ioEnded) {
            round();
        }
        NonBlockingThreads.remove(ioThread);
        drainLate();
        busy.end();
    }

    private void round() {
        try {
            runReady();
            timers.check(this::inVirtualThread);
            if (ioReady) {
                ioReady = false;
                run(ioContinuation);
            } else {
                sleep();
            }
        } catch (Throwable ex) { // no memory, a clock that fails: whatever it is, everybody else needs this thread
            SafeLog.error(log, ex, "Exception in {}", carrier.getName());
        }
    }

    /** What may come to a lock, as the loop's short work may if only to log, is nothing for the carrier's own thread. */
    private void inVirtualThread(Runnable action) {
        try {
            threads.newThread(action).start();
        } catch (Throwable ex) { // no memory for a thread
            action.run();
        }
    }

    private void runReady() {
        Runnable next = ready.poll();
        if (next == null) {
            return;
        }
        long start = System.nanoTime();
        do {
            running = next;
            slices.begin();
            run(next);
            slices.end();
        } while (System.nanoTime() - start < BUDGET_NANOS && (next = ready.poll()) != null);
        running = null; // keeps nobody from being collected
    }

    private static void run(@Nullable Runnable continuation) {
        try {
            if (continuation != null) {
                continuation.run();
            }
        } catch (Throwable ex) {
            // the JDK calls handlers outside any catch of its own; whatever they throw must not end the carrier
            SafeLog.error(log, ex, "Exception from a virtual thread's continuation");
        }
    }

    /** Sleeps while the event loop's thread can't run: it waits for a lock, or for the JDK's poller under NIO. */
    private void sleep() {
        gate.idle();
        long wait = timers.untilNext();
        if (ready.isEmpty() && !ioReady && !ioEnded && wait > 0 && gate.maySleep()) {
            endBusy();
            if (wait == NEVER) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, wait);
            }
            busy.begin();
        }
        gate.awake();
    }

    /** The body of the event loop's thread. */
    private void turnIo() {
        try {
            while (!io.isTerminated()) {
                pass();
                Thread.yield();
            }
        } finally {
            ioEnded = true;
        }
    }

    private void pass() {
        io.work().begin();
        try {
            gate.idle();
            long wait = timers.untilNext();
            if (ready.isEmpty() && wait > 0) {
                poll(wait);
            } else {
                io.runNow(IoLoop.TASK_BUDGET_NANOS);
            }
        } catch (Throwable ex) {
            SafeLog.error(log, ex, "Exception from Netty's event loop"); // an Error of a handler: the loop goes on
        } finally {
            io.countPass();
            gate.awake();
            io.work().end();
        }
    }

    private void endBusy() {
        if (turnIsFree.getAsBoolean()) {
            busy.end();
        }
    }

    /** Java's NIO lets the carrier's thread go while it polls: that goes on, or sleeps as it does elsewhere. */
    private void poll(long wait) {
        if (transport.pollsInThread()) {
            endBusy(); // until the poll has found something
        }
        try {
            io.run(wait == NEVER ? 0 : wait, IoLoop.TASK_BUDGET_NANOS);
        } finally {
            busy.begin();
        }
    }

    /** Runs what is left when the carrier leaves, and what wakes up after that. */
    private void drainLate() {
        Runnable next;
        while ((next = ready.poll()) != null) {
            run(next);
        }
        gate.close();
        if (!ready.isEmpty()) {
            gate.signal();
        }
    }

    @Override
    public boolean shutDown(long limitNanos) {
        io.shutdownGracefully(0, limitNanos, TimeUnit.NANOSECONDS);
        gate.signal();
        try {
            return carrier.join(Duration.ofNanos(limitNanos));
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
