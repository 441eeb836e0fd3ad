package dev.asyncloop.spring.shedlock;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;

/** Counts what becomes of one lock. Any thread. */
final class LockCounter {

    private final String name;

    private final LongAdder obtained = new LongAdder();

    private final LongAdder refused = new LongAdder();

    private final LongAdder failed = new LongAdder();

    LockCounter(String name) {
        this.name = name;
    }

    PeriodicLock read() {
        return new PeriodicLock(name, obtained.sum(), refused.sum(), failed.sum());
    }

    /** Has a provider lock, and counts that. */
    Optional<SimpleLock> lock(LockProvider provider, LockConfiguration configuration) {
        Optional<SimpleLock> lock;
        try {
            lock = provider.lock(configuration);
        } catch (RuntimeException | Error ex) {
            failed.increment();
            throw ex;
        }
        (lock.isPresent() ? obtained : refused).increment();
        return lock;
    }
}
