package dev.asyncloop.spring.shedlock;

import dev.asyncloop.Async;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;

/**
 * Locks as another provider does, with the turn given away for as long as that talks to its database. In a coroutine
 * only; elsewhere a call just runs.
 */
final class OffTurn implements LockProvider {

    private final LockProvider provider;

    OffTurn(LockProvider provider) {
        this.provider = provider;
    }

    /** A lock that was obtained is returned also to a coroutine that is cancelled meanwhile, to be unlocked. */
    @Override
    public Optional<SimpleLock> lock(LockConfiguration configuration) {
        return locked(inBlocking(() -> provider.lock(configuration)));
    }

    private static Optional<SimpleLock> locked(Optional<SimpleLock> lock) {
        return lock.map(Held::new);
    }

    private static Optional<SimpleLock> inBlocking(Attempt attempt) {
        if (!Async.inCoroutine()) {
            return attempt.get();
        }
        try {
            return Async.blocking(attempt::get);
        } catch (RuntimeException ex) {
            throwIfCancelled(ex);
            throw ex;
        }
    }

    /** What a driver makes of the interrupt is not what has ended the run. */
    private static void throwIfCancelled(RuntimeException failure) {
        try {
            Async.checkpoint();
        } catch (CancellationException cancelled) {
            if (cancelled != failure) {
                cancelled.addSuppressed(failure);
            }
            throw cancelled;
        }
    }

    private interface Attempt {
        Optional<SimpleLock> get();
    }

    /** Unlocked whatever has ended the run: cancellation waits outside. */
    private record Held(SimpleLock lock) implements SimpleLock {

        @Override
        public void unlock() {
            if (Async.inCoroutine()) {
                Async.<Object>shielded(() -> Async.blocking(() -> {
                    lock.unlock();
                    return "unlocked";
                }));
            } else {
                lock.unlock();
            }
        }

        @Override
        public Optional<SimpleLock> extend(Duration lockAtMostFor, Duration lockAtLeastFor) {
            return locked(inBlocking(() -> lock.extend(lockAtMostFor, lockAtLeastFor)));
        }
    }
}
