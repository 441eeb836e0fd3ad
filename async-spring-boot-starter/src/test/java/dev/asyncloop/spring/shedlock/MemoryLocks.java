package dev.asyncloop.spring.shedlock;

import dev.asyncloop.Async;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import net.javacrumbs.shedlock.core.ExtensibleLockProvider;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.SimpleLock;

/** A lock provider that may block and fail as one over a database does, and remembers what was asked, and where. */
final class MemoryLocks implements ExtensibleLockProvider {

    /** What it was asked, as "lock awaits" or "unlock awaits, with the turn". */
    final List<String> calls = new CopyOnWriteArrayList<>();

    private final Set<String> held = ConcurrentHashMap.newKeySet();

    /** Runs before an answer to a call. */
    volatile Step before = call -> {};

    interface Step {
        void accept(String call) throws Exception;
    }

    /** Takes a lock as another instance would; returns false if it is held. */
    boolean take(String name) {
        return held.add(name);
    }

    void release(String name) {
        held.remove(name);
    }

    boolean isHeld(String name) {
        return held.contains(name);
    }

    void reset() {
        before = call -> {};
        calls.clear();
        held.clear();
    }

    private void called(String call) {
        calls.add(call + (Async.inCoroutine() ? ", with the turn" : ""));
        try {
            before.accept(call);
        } catch (RuntimeException ex) {
            throw ex;
        } catch (Exception ex) {
            throw new IllegalStateException(ex);
        }
    }

    @Override
    public Optional<SimpleLock> lock(LockConfiguration configuration) {
        String name = configuration.getName();
        called("lock " + name);
        return held.add(name) ? Optional.of(new Lock(name)) : Optional.empty();
    }

    private final class Lock implements SimpleLock {

        private final String name;

        Lock(String name) {
            this.name = name;
        }

        @Override
        public void unlock() {
            called("unlock " + name);
            release(name);
        }

        @Override
        public Optional<SimpleLock> extend(Duration lockAtMostFor, Duration lockAtLeastFor) {
            called("extend " + name);
            return Optional.of(new Lock(name));
        }
    }
}
