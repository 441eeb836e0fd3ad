package dev.asyncloop.spring.loop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes virtual threads that the JDK's own scheduler carries, whoever asks for them: a virtual thread inherits the
 * scheduler of the one that has made it, so what a coroutine hands to an executor would run on the loop's only thread. They
 * have the context class loader of who asks, and inherit no thread locals: context propagation hands those on.
 */
public final class ThreadsBesideTheLoop implements ThreadFactory {

    /** A platform thread, which has no scheduler to hand on; it ends when there is nothing to make. */
    private static final ExecutorService MAKER = maker();

    private final String prefix;

    private final AtomicLong count = new AtomicLong();

    /** Makes a factory of threads whose names are this and a number. */
    public ThreadsBesideTheLoop(String prefix) {
        this.prefix = prefix;
    }

    private static ExecutorService maker() {
        ThreadPoolExecutor maker = new ThreadPoolExecutor(
                1,
                1,
                1,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform()
                        .daemon()
                        .inheritInheritableThreadLocals(false)
                        .name("virtual-thread-maker")
                        .factory());
        maker.allowCoreThreadTimeOut(true);
        return maker;
    }

    @Override
    public Thread newThread(Runnable work) {
        String name = prefix + count.incrementAndGet();
        Thread asking = Thread.currentThread();
        Thread made = asking.isVirtual()
                ? CompletableFuture.supplyAsync(() -> make(name, work), MAKER).join()
                : make(name, work);
        made.setContextClassLoader(
                asking.getContextClassLoader()); // and not the maker's, which is that of its first user
        return made;
    }

    private static Thread make(String name, Runnable work) {
        return Thread.ofVirtual()
                .inheritInheritableThreadLocals(false)
                .name(name)
                .unstarted(work);
    }
}
