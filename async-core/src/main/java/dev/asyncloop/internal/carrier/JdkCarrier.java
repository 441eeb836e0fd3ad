package dev.asyncloop.internal.carrier;

import dev.asyncloop.internal.log.SafeLog;
import dev.asyncloop.internal.timer.Timers;
import dev.asyncloop.internal.turn.Lender;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.NonBlocking;

/**
 * The JDK's own scheduler carries the coroutines; the turn alone keeps them one at a time. Beside it are Netty's thread and
 * a thread that watches the timers: not Netty's, which may be stuck behind a lock that only a timer can free.
 */
public final class JdkCarrier implements LoopCarrier {

    private static final Logger log = LoggerFactory.getLogger(JdkCarrier.class);

    private final ThreadFactory threads = JdkInternals.onDefaultScheduler();

    private final Timers timers;

    private final Transport transport;

    private final Thread ioThread;

    private final IoLoop io;

    /** Called after the event loop has read, and after its tasks. */
    private final Runnable afterWork;

    private final Thread timerThread;

    private final SleepGate timerGate;

    private volatile boolean ended;

    /**
     * Makes a carrier; {@link #start} starts it.
     * @param afterWork called by the event loop when it has read what there was to read, and again after its tasks
     */
    public JdkCarrier(String name, Timers timers, Transport transport, Runnable afterWork) {
        this.afterWork = afterWork;
        this.timers = timers;
        this.transport = transport;
        this.ioThread = new EventLoopThread(this::turnIo, name + "-io");
        this.io = new IoLoop(ioThread, transport.handlers(), () -> true, () -> {}, afterWork);
        this.timerThread = Thread.ofPlatform().daemon().name(name + "-timer").unstarted(this::watchTimers);
        this.timerGate = new SleepGate(() -> LockSupport.unpark(timerThread), () -> {});
    }

    /** Starts the carrier's threads. */
    public void start() {
        ioThread.start();
        timerThread.start();
    }

    @Override
    public Thread newThread(Runnable body) {
        return threads.newThread(body);
    }

    @Override
    public boolean canLend() {
        return false;
    }

    @Override
    public Thread newLendingThread(Runnable body, Lender lender) {
        throw new UnsupportedOperationException("The JDK's scheduler does not say when a thread waits");
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
        timerGate.signal();
    }

    @Override
    public long slice() {
        return -1;
    }

    @Override
    public @Nullable Thread running() {
        return null;
    }

    @Override
    public long eventLoopWork() {
        return io.work().current();
    }

    @Override
    public Thread eventLoopThread() {
        return ioThread;
    }

    private void turnIo() {
        while (!io.isTerminated()) {
            io.work().begin();
            try {
                io.run(0, IoLoop.TASK_BUDGET_NANOS);
            } catch (Throwable ex) {
                SafeLog.error(log, ex, "Exception from Netty's event loop"); // an Error of a handler: the loop goes on
            } finally {
                finishPass();
            }
        }
    }

    private void finishPass() {
        try {
            afterWork.run();
        } catch (Throwable ex) {
            SafeLog.error(log, ex, "Exception after a pass of Netty's event loop");
        } finally {
            io.work().end();
            io.countPass();
        }
    }

    private void watchTimers() {
        while (!ended) {
            try {
                sleep();
                timers.check();
            } catch (Throwable ex) { // no memory, a clock that fails: whatever it is, every timer needs this thread
                SafeLog.error(log, ex, "Exception in {}", timerThread.getName());
            }
        }
    }

    private void sleep() {
        timerGate.idle();
        long wait = timers.untilNext();
        if (wait > 0 && !ended && timerGate.maySleep()) {
            if (wait == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, wait);
            }
        }
        timerGate.awake();
    }

    @Override
    public boolean shutDown(long limitNanos) {
        io.shutdownGracefully(0, limitNanos, TimeUnit.NANOSECONDS);
        ended = true;
        timerGate.signal();
        try {
            return ioThread.join(Duration.ofNanos(limitNanos)) && timerThread.join(Duration.ofNanos(limitNanos));
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Netty's thread: fast thread locals, and no {@code block()} of Reactor's. */
    private static final class EventLoopThread extends FastThreadLocalThread implements NonBlocking {

        EventLoopThread(Runnable body, String name) {
            super(body, name);
            setDaemon(true);
        }
    }
}
