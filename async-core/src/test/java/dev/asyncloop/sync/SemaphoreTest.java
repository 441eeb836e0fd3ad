package dev.asyncloop.sync;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
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
import org.junit.jupiter.api.Test;

class SemaphoreTest {

    // Tornado case 51
    @Test
    void aNegativeNumberOfPermitsIsRefused() {
        assertThatThrownBy(() -> new Semaphore(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
        assertThatThrownBy(() -> Semaphore.bounded(-2)).hasMessageContaining("-2");
    }

    // Tornado case 51
    @OnBothCarriers
    void eachReleaseLetsTheNextOneGoOn(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Semaphore semaphore = new Semaphore(1);
                semaphore.acquire();
                Task<?> first = spawn(semaphore::acquire);
                Task<?> second = spawn(semaphore::acquire);
                settle();
                assertThat(semaphore).hasToString("Semaphore[0 free, 2 waiting]");
                semaphore.release();
                settle();
                assertThat(first.isDone()).isTrue();
                assertThat(second.isDone()).isFalse();
                semaphore.release();
                settle();
                assertThat(second.isDone()).isTrue();
                return null;
            });
        }
    }

    // Tornado case 51
    @OnBothCarriers
    void releaseMayRaiseTheNumberOfPermits(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Semaphore semaphore = new Semaphore(1);
                semaphore.release();
                semaphore.release();
                for (int i = 0; i < 3; i++) {
                    semaphore.acquire();
                }
                assertThat(semaphore.tryAcquire()).isFalse();
                return null;
            });
        }
    }

    // Tornado case 52
    @OnBothCarriers
    void whoHasTimedOutLeavesThePermitForOthers(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                Semaphore semaphore = new Semaphore(2);
                semaphore.acquire();
                semaphore.acquire();
                assertThat(semaphore.tryAcquire(Duration.ZERO)).isFalse();
                Task<Boolean> limited = spawn(() -> semaphore.tryAcquire(ms(10)));
                settle();
                advance(clock, 10);
                assertThat(await(limited)).isFalse();
                semaphore.release();
                assertThat(semaphore.availablePermits()).isEqualTo(1);
                assertThat(semaphore.tryAcquire(ms(10))).isTrue();
                return null;
            });
        }
    }

    // Tornado case 52
    @OnBothCarriers
    void twoThatContendHaveItOneAfterTheOther(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            List<String> history = new ArrayList<>();
            loop.runSync(() -> {
                Semaphore semaphore = new Semaphore(1);
                for (int i = 0; i < 2; i++) {
                    int number = i;
                    spawn(() -> {
                        try (var permit = semaphore.hold()) {
                            history.add("acquired " + number);
                            sleep(ms(10));
                            history.add("release " + number);
                        }
                    });
                }
                settle();
                advance(clock, 10);
                advance(clock, 10);
                assertThat(semaphore.availablePermits()).isEqualTo(1);
                return null;
            });
            assertThat(history).containsExactly("acquired 0", "release 0", "acquired 1", "release 1");
        }
    }

    // Tornado case 49
    @OnBothCarriers
    void whoHasTimedOutLeavesTheLineAtOnce(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                Semaphore semaphore = new Semaphore(0);
                for (int i = 0; i < 101; i++) {
                    spawn(() -> semaphore.tryAcquire(ms(10)));
                }
                Task<?> patient = spawn(semaphore::acquire);
                settle();
                assertThat(semaphore).hasToString("Semaphore[0 free, 102 waiting]");
                advance(clock, 20);
                assertThat(semaphore).hasToString("Semaphore[0 free, 1 waiting]");
                assertThat(patient.isDone()).isFalse();
                semaphore.release();
                settle();
                assertThat(patient.isDone()).isTrue();
                return null;
            });
        }
    }

    @OnBothCarriers
    void aHeldPermitIsReleasedOnceWhateverTheBodyThrows(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Semaphore semaphore = Semaphore.bounded(1);
                Held held = semaphore.hold();
                assertThatThrownBy(() -> {
                            try (held) {
                                throw new IllegalArgumentException("of the body");
                            }
                        })
                        .hasMessage("of the body");
                held.close();
                assertThat(semaphore.availablePermits()).isEqualTo(1);
                return null;
            });
        }
    }

    // Tornado case 54
    @OnBothCarriers
    void aBoundedOneRefusesAReleaseTooMany(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Semaphore semaphore = Semaphore.bounded(2);
                semaphore.acquire();
                semaphore.release();
                assertThatThrownBy(semaphore::release)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("too many times")
                        .hasMessageContaining("2 permits");
                assertThat(semaphore.availablePermits()).isEqualTo(2);
                return null;
            });
        }
    }

    // Where Tornado loses the permit for good
    @OnBothCarriers
    void aPermitGrantedToWhoIsCancelledInTheSameTurnIsNotLost(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> history = new ArrayList<>();
            loop.runSync(() -> {
                Semaphore semaphore = new Semaphore(0);
                Task<?> cancelledAfter = spawn(() -> {
                    try (var permit = semaphore.hold()) {
                        history.add("granted");
                        Async.checkpoint();
                    }
                });
                settle();
                semaphore.release();
                cancelledAfter.cancel(false);
                settle();
                assertThat(history).containsExactly("granted");
                assertThat(semaphore.availablePermits()).isEqualTo(1);

                semaphore.acquire();
                Task<?> cancelledBefore = spawn(semaphore::acquire);
                Task<?> next = spawn(semaphore::acquire);
                settle();
                cancelledBefore.cancel(false);
                semaphore.release();
                settle();
                assertThatThrownBy(() -> await(cancelledBefore)).isInstanceOf(CancellationException.class);
                assertThat(next.isDone()).isTrue();
                assertThat(semaphore).hasToString("Semaphore[0 free, 0 waiting]");
                return null;
            });
        }
    }

    @OnBothCarriers
    void whoComesLaterDoesNotOvertake(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Semaphore semaphore = new Semaphore(0);
                Task<?> waiter = spawn(semaphore::acquire);
                settle();
                semaphore.release();
                assertThat(waiter.isDone()).isFalse(); // it has not had its turn yet, but the permit
                assertThat(semaphore.tryAcquire()).isFalse();
                assertThat(semaphore.tryAcquire(Duration.ZERO)).isFalse();
                settle();
                assertThat(waiter.isDone()).isTrue();
                return null;
            });
        }
    }
}
