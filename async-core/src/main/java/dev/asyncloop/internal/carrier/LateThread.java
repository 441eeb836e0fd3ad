package dev.asyncloop.internal.carrier;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one daemon thread, shared by all loops of the JVM, on which runs what wakes up after its loop has ended. Exists
 * only while needed.
 */
final class LateThread {

    /** Never shut down and with an unbounded queue, so it never rejects: a rejected continuation would be lost. */
    private static final ThreadPoolExecutor EXECUTOR = new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("ioloop-late").factory());

    static {
        EXECUTOR.allowCoreThreadTimeOut(true);
    }

    private LateThread() {}

    static void run(Runnable drain) {
        EXECUTOR.execute(drain);
    }
}
