package dev.asyncloop.internal.carrier;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.scheduler.Schedulers;

/**
 * Event loop threads that Reactor has to refuse {@code block()} on. A predicate registered with Reactor can't be taken
 * back, so there is one for all loops, over the set of those that live.
 */
final class NonBlockingThreads {

    private static final Set<Thread> THREADS = ConcurrentHashMap.newKeySet();

    static {
        Schedulers.registerNonBlockingThreadPredicate(THREADS::contains);
    }

    private NonBlockingThreads() {}

    static void add(Thread thread) {
        THREADS.add(thread);
    }

    static void remove(Thread thread) {
        THREADS.remove(thread);
    }
}
