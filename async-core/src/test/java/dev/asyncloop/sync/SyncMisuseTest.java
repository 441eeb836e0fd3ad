package dev.asyncloop.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever is called where it can't work fails, names itself, and changes nothing. */
class SyncMisuseTest {

    private final Lock lock = new Lock();

    private final Semaphore semaphore = new Semaphore(1);

    private final Event event = new Event();

    private final Condition condition = new Condition();

    private Map<String, Runnable> operations() {
        Map<String, Runnable> operations = new LinkedHashMap<>();
        operations.put("Lock.lock", lock::lock);
        operations.put("Lock.tryLock", lock::tryLock);
        operations.put("Lock.unlock", lock::unlock);
        operations.put("Semaphore.acquire", semaphore::acquire);
        operations.put("Semaphore.tryAcquire", () -> semaphore.tryAcquire(Duration.ofMillis(1)));
        operations.put("Semaphore.release", semaphore::release);
        operations.put("Event.set", event::set);
        operations.put("Event.clear", event::clear);
        operations.put("Event.await", event::await);
        operations.put("Condition.await", condition::await);
        operations.put("Condition.signal", condition::signal);
        operations.put("Condition.signalAll", condition::signalAll);
        return operations;
    }

    private void assertUntouched() {
        assertThat(lock).hasToString("Lock[free, 0 waiting]");
        assertThat(semaphore).hasToString("Semaphore[1 free, 0 waiting]");
        assertThat(event).hasToString("Event[not set, 0 waiting]");
        assertThat(condition).hasToString("Condition[0 waiting]");
    }

    @Test
    void outsideOfACoroutine() {
        operations()
                .forEach((name, operation) -> assertThatThrownBy(operation::run)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("`" + name + "`")
                        .hasMessageContaining("IOLoop.spawn"));
        assertUntouched();
    }

    @OnBothCarriers
    void onAnotherLoop(Carrier carrier) {
        try (IOLoop home = Loops.on(carrier);
                IOLoop other = IOLoop.create(Loops.options(carrier).withName("other"))) {
            home.runSync(() -> {
                lock.tryLock();
                lock.unlock();
                semaphore.tryAcquire();
                semaphore.release();
                event.clear();
                condition.signal();
                return null;
            });
            other.runSync(() -> {
                operations()
                        .forEach((name, operation) -> assertThatThrownBy(operation::run)
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("`" + name + "`")
                                .hasMessageContaining("'test'")
                                .hasMessageContaining("'other'")
                                .hasMessageContaining("make one for each loop"));
                return null;
            });
            assertUntouched();
        }
    }

    @OnBothCarriers
    void insideABlockingSection(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> Async.blocking(() -> {
                operations()
                        .forEach((name, operation) -> assertThatThrownBy(operation::run)
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("Async.blocking"));
                return null;
            }));
            assertUntouched();
        }
    }

    @OnBothCarriers
    void whatWaitsThrowsInACancelledCoroutineAndWhatDoesNotStillWorks(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                var task = Async.spawn(() -> {
                    semaphore.acquire();
                    lock.lock();
                    try {
                        new Event().await();
                    } finally {
                        lock.unlock();
                        semaphore.release();
                        event.set();
                    }
                });
                Async.yieldNow();
                task.cancel(false);
                Async.yieldNow();
                assertThat(task.isCancelled()).isTrue();
                assertThat(lock.isLocked()).isFalse();
                assertThat(semaphore.availablePermits()).isEqualTo(1);
                assertThat(event.isSet()).isTrue();
                return null;
            });
        }
    }
}
