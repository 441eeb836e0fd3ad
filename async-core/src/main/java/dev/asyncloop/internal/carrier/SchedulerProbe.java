package dev.asyncloop.internal.carrier;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/**
 * Tries out whether virtual threads really run on a scheduler of our own: one start, one switch, one wake-up. Apart from
 * {@link JdkInternals}, whose initialisation it is part of and would wait for.
 */
final class SchedulerProbe implements Executor {

    private static final long LIMIT_MILLIS = 1_000;

    private final Queue<Runnable> ready = new ArrayDeque<>();

    private volatile int steps;

    @Override
    public void execute(Runnable continuation) {
        ready.add(continuation);
    }

    /**
     * Runs the probe.
     * @param threads makes virtual threads that are scheduled by this object
     * @throws IllegalStateException if it fails, or takes too long
     */
    void run(ThreadFactory threads) throws InterruptedException {
        Thread thread = threads.newThread(() -> {
            steps = 1;
            LockSupport.park();
            steps = 2;
        });
        Thread carrier = Thread.ofPlatform().daemon().name("ioloop-probe").start(() -> {
            thread.start();
            ready.remove().run();
            LockSupport.unpark(thread);
            ready.remove().run();
        });
        carrier.join(LIMIT_MILLIS);
        if (steps != 2) {
            throw new IllegalStateException(
                    "A virtual thread on a scheduler of our own did not start, switch and wake up");
        }
    }
}
