package dev.asyncloop;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/** The loop's threads for calls that block, with a bounded line before them. Any thread. */
final class LoopExecutor {

    /** How long a thread that has nothing to do is kept. */
    private static final long KEPT_SECONDS = 10;

    private static final String WHAT = "a call of runInExecutor";

    private final DefaultIOLoop loop;

    private final IOLoopOptions options;

    private final ThreadPoolExecutor pool;

    private final AtomicLong refused = new AtomicLong();

    LoopExecutor(DefaultIOLoop loop, IOLoopOptions options) {
        this.loop = loop;
        this.options = options;
        ThreadFactory threads = Thread.ofPlatform()
                .daemon()
                .inheritInheritableThreadLocals(false)
                .name(options.name() + "-executor-", 1)
                .factory();
        this.pool = new ThreadPoolExecutor(
                options.executorThreads(),
                options.executorThreads(),
                KEPT_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(options.executorQueue()),
                work -> loop.withClassLoader(threads.newThread(work)));
        pool.allowCoreThreadTimeOut(true);
    }

    /**
     * Puts a call in line.
     * @param context what it runs with
     * @throws ExecutorFullException if the line is full
     */
    <T extends @Nullable Object> Task<T> run(Callable<T> blocking, ContextView context) {
        loop.requireOpen(WHAT);
        ExecutorCall<T> call = new ExecutorCall<>(loop, blocking, context);
        loop.idleness().leave();
        loop.adopt(call); // before it can end, and before the end of the loop can drop it from the line
        try {
            pool.execute(call);
        } catch (RejectedExecutionException ex) {
            call.cancel(false, "it was rejected");
            if (pool.isShutdown()) {
                throw loop.refusal(WHAT);
            }
            refused.incrementAndGet();
            throw new ExecutorFullException("The executor of '" + options.name() + "' has " + options.executorThreads()
                    + " threads busy and " + options.executorQueue()
                    + " calls waiting, its limits; raise executorThreads or executorQueue, or start fewer at a time");
        } catch (Throwable ex) { // no memory for a thread
            call.cancel(false, "it could not be handed over");
            throw ex;
        }
        return call;
    }

    /** Takes a call back that has not begun. */
    void withdraw(ExecutorCall<?> call) {
        pool.remove(call);
    }

    int threads() {
        return pool.getPoolSize();
    }

    int active() {
        return pool.getActiveCount();
    }

    int waiting() {
        return pool.getQueue().size();
    }

    long completed() {
        return pool.getCompletedTaskCount();
    }

    long refused() {
        return refused.get();
    }

    /**
     * Drops what has not begun, interrupts what has, and waits for the threads.
     * @param limit for how long; who works on is left to itself
     */
    void shutDown(Duration limit) throws InterruptedException {
        pool.shutdownNow();
        pool.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS);
    }
}
