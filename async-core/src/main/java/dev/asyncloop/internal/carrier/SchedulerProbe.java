package dev.asyncloop.internal.carrier;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Tries out whether virtual threads really run on a scheduler of our own: one start, one switch, one wake-up. Apart from
 * {@link JdkInternals}, whose initialisation it is part of and would wait for.
 */
final class SchedulerProbe implements Executor {

    private static final long LIMIT_NANOS = 1_000_000_000;

    private final BlockingQueue<Runnable> ready = new LinkedBlockingQueue<>();

    private volatile int steps;

    @Override
    public void execute(Runnable continuation) {
        ready.add(continuation);
    }

    /**
     * Runs the probe, on a platform thread of its own, as continuations must be.
     * @param threads makes virtual threads that are scheduled by this object
     * @throws IllegalStateException if it fails, or takes too long
     */
    void run(ThreadFactory threads) throws InterruptedException {
        Thread thread = threads.newThread(() -> {
            steps = 1;
            LockSupport.park();
            steps = 2;
        });
        long deadline = System.nanoTime() + LIMIT_NANOS;
        Thread carrier = Thread.ofPlatform().daemon().name("ioloop-probe").start(() -> carry(thread, deadline));
        carrier.join(Duration.ofNanos(LIMIT_NANOS));
        if (steps != 2) {
            throw new IllegalStateException(
                    "A virtual thread on a scheduler of our own did not start, switch and wake up within 1 s");
        }
    }

    /** Runs continuations as they come: the thread may have to step aside for a lock of the JDK's as well. */
    private void carry(Thread thread, long deadline) {
        thread.start();
        try {
            while (steps != 2) {
                Runnable continuation = ready.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (continuation == null) {
                    return;
                }
                continuation.run();
                if (steps == 1) {
                    LockSupport.unpark(thread);
                }
            }
        } catch (InterruptedException ex) {
            // nobody interrupts this thread; the probe would fail
        }
    }
}
