package dev.asyncloop.sync;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.spawn;
import static dev.asyncloop.Turns.advance;
import static dev.asyncloop.Turns.ms;
import static dev.asyncloop.Turns.settle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

class LockTest {

    private final Lock lock = new Lock();

    private final List<Object> history = new ArrayList<>();

    // Tornado case 54
    @OnBothCarriers
    void unlockingWhatIsNotLockedIsRefused(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                assertThatThrownBy(lock::unlock)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("not locked");
                lock.lock();
                Task<?> stranger = spawn(lock::unlock);
                assertThatThrownBy(() -> await(stranger))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("does not hold");
                assertThat(lock.isLocked()).isTrue();
                lock.unlock();
                assertThat(lock).hasToString("Lock[free, 0 waiting]");
                return null;
            });
        }
    }

    // Tornado case 54
    @OnBothCarriers
    void firstInFirstOut(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                lock.lock();
                for (int i = 0; i < 5; i++) {
                    int number = i;
                    spawn(() -> {
                        try (var held = lock.hold()) {
                            history.add(number);
                            Async.yieldNow();
                        }
                    });
                }
                settle();
                assertThat(lock).hasToString("Lock[locked by runSync #1, 5 waiting]");
                lock.unlock();
                settle();
                return null;
            });
            assertThat(history).containsExactly(0, 1, 2, 3, 4);
        }
    }

    // Tornado case 54
    @OnBothCarriers
    void aLimitOnALockedOneReturnsFalseAndItStaysLocked(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                lock.lock();
                Task<Boolean> limited = spawn(() -> lock.tryLock(ms(10)));
                settle();
                advance(clock, 10);
                assertThat(await(limited)).isFalse();
                assertThat(lock).hasToString("Lock[locked by runSync #1, 0 waiting]");
                lock.unlock();
                assertThat(lock.tryLock(Duration.ZERO)).isTrue();
                return null;
            });
        }
    }

    @OnBothCarriers
    void theOwnerCannotWaitForItself(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                lock.lock();
                assertThatThrownBy(lock::lock)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("not re-entrant");
                assertThatThrownBy(lock::hold).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(() -> lock.tryLock(ms(10))).isInstanceOf(IllegalStateException.class);
                assertThat(lock.tryLock()).isFalse();
                lock.unlock();
                assertThat(lock.isLocked()).isFalse();
                return null;
            });
        }
    }

    @OnBothCarriers
    void aLockHandedToWhoIsCancelledInTheSameTurnIsNotLost(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                lock.lock();
                Task<?> before = spawn(() -> {
                    lock.lock();
                    history.add("cancelled before");
                });
                Task<?> after = spawn(() -> {
                    try (var held = lock.hold()) {
                        history.add("cancelled after");
                        Async.checkpoint();
                    }
                });
                Task<?> last = spawn(() -> {
                    try (var held = lock.hold()) {
                        history.add("last");
                    }
                });
                settle();
                before.cancel(false);
                lock.unlock();
                after.cancel(false);
                settle();
                assertThat(history).containsExactly("cancelled after", "last");
                assertThatThrownBy(() -> await(before)).isInstanceOf(CancellationException.class);
                assertThatThrownBy(() -> await(after)).isInstanceOf(CancellationException.class);
                await(last);
                assertThat(lock.isLocked()).isFalse();
                return null;
            });
        }
    }

    @OnBothCarriers
    void whoComesLaterDoesNotOvertake(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                lock.lock();
                Task<?> waiter = spawn(() -> {
                    try (var held = lock.hold()) {
                        history.add("first");
                    }
                });
                settle();
                lock.unlock();
                assertThat(lock.tryLock()).isFalse(); // handed over already
                lock.lock(); // and this one, who had it, waits behind
                history.add("second");
                assertThat(waiter.isDone()).isTrue();
                return null;
            });
            assertThat(history).containsExactly("first", "second");
        }
    }
}
