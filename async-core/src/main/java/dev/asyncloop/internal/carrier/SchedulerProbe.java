package dev.asyncloop.internal.carrier;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tries out whether virtual threads really run on a scheduler of our own: one start, one switch, and one wake-up by another
 * thread, within a limit. Apart from {@link JdkInternals}, whose initialisation it is part of: what runs in the probe's
 * thread must not wait for that.
 */
final class SchedulerProbe implements Executor {

    /** How long the probe's own thread gets to end after a failure. */
    private static final Duration END = Duration.ofMillis(100);

    private final Duration limit;

    private final BlockingQueue<Runnable> ready = new LinkedBlockingQueue<>();

    private final CountDownLatch begun = new CountDownLatch(1);

    private final CountDownLatch switched = new CountDownLatch(1);

    private final CountDownLatch ended = new CountDownLatch(1);

    private final Thread carrier;

    private volatile @Nullable ThreadFactory threads;

    private volatile @Nullable Thread thread;

    /** Whether one of the continuations runs here now. */
    private volatile boolean mounted;

    private volatile boolean strayed;

    private volatile boolean woken;

    private volatile boolean over;

    private volatile @Nullable Throwable failure;

    private SchedulerProbe(Duration limit) {
        this.limit = limit;
        this.carrier = Thread.ofPlatform().daemon().name("ioloop-probe").unstarted(this::carry);
    }

    /**
     * Runs the probe. A thread that loses its wake-up stays parked, and costs nothing else; no platform thread is left.
     * @param factories make virtual threads for a scheduler
     * @param limit how long the whole of it may take
     * @throws IllegalStateException if it fails, with what did not work
     */
    static void run(Function<Executor, ThreadFactory> factories, Duration limit) {
        SchedulerProbe probe = new SchedulerProbe(limit);
        probe.threads = factories.apply(probe);
        probe.run();
    }

    @Override
    public void execute(Runnable continuation) {
        ready.add(continuation);
    }

    /** Not to be disturbed by an interrupt: the outcome is for the life of the JVM. */
    private void run() {
        boolean interrupted = Thread.interrupted();
        long deadline = System.nanoTime() + limit.toNanos();
        carrier.start();
        try {
            await(begun, deadline, "start");
            await(switched, deadline, "switch at a wait");
            woken = true;
            LockSupport.unpark(thread);
            await(ended, deadline, "wake up");
        } finally {
            over = true;
            carrier.interrupt();
            LockSupport.unpark(thread);
            try {
                carrier.join(END);
            } catch (InterruptedException ex) {
                interrupted = true;
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void await(CountDownLatch step, long deadline, String what) {
        boolean interrupted = false;
        boolean done = false;
        long left;
        while (!done && (left = deadline - System.nanoTime()) > 0) {
            try {
                done = step.await(left, TimeUnit.NANOSECONDS);
            } catch (InterruptedException ex) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw new IllegalStateException(
                    "A virtual thread on a scheduler of our own did not " + what + ": " + failure, failure);
        }
        if (strayed) {
            throw new IllegalStateException(
                    "A virtual thread ran elsewhere than on the scheduler that it was made for");
        }
        if (!done) {
            throw new IllegalStateException(
                    "A virtual thread on a scheduler of our own did not " + what + " within " + limit);
        }
    }

    /** Runs continuations as they come: the thread may have to step aside for a lock of the JDK's as well. */
    private void carry() {
        try {
            ThreadFactory factory = threads;
            if (factory == null) {
                throw new IllegalStateException("no factory");
            }
            Thread made = factory.newThread(this::live);
            thread = made;
            made.start();
            while (ended.getCount() > 0) {
                Runnable continuation = ready.take();
                mounted = true;
                continuation.run();
                mounted = false;
                if (begun.getCount() == 0 && made.getState() != Thread.State.RUNNABLE) {
                    switched.countDown();
                }
            }
        } catch (InterruptedException ex) {
            // the end of the probe
        } catch (Throwable ex) {
            failure = ex;
            begun.countDown();
            switched.countDown();
            ended.countDown();
        }
    }

    /** The body of the virtual thread. */
    private void live() {
        look();
        begun.countDown();
        while (!woken && !over) {
            LockSupport.park(this);
        }
        look();
        ended.countDown();
    }

    private void look() {
        if (!mounted) {
            strayed = true;
            begun.countDown();
            switched.countDown();
            ended.countDown();
        }
    }
}
