package dev.asyncloop.sync;

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

class ConditionTest {

    private final Condition condition = new Condition();

    private final List<Object> history = new ArrayList<>();

    private void spawnWaiter(Object name) {
        spawn(() -> {
            condition.await();
            history.add(name);
        });
    }

    private void spawnWaiter(Object name, Duration limit) {
        spawn(() -> history.add(condition.await(limit) ? name : "timeout"));
    }

    // Tornado case 45
    @OnBothCarriers
    void oneSignalWakesOneWaiterInALaterTurn(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                spawnWaiter("wait1");
                spawnWaiter("wait2");
                settle();
                condition.signal();
                history.add("signalled");
                settle();
                condition.signal();
                history.add("signalled");
                settle();
                return null;
            });
            assertThat(history).containsExactly("signalled", "wait1", "signalled", "wait2");
        }
    }

    // Tornado case 45
    @OnBothCarriers
    void soManySignalsWakeSoManyInTheOrderInWhichTheyCame(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                for (int i = 0; i < 6; i++) {
                    spawnWaiter(i);
                }
                settle();
                condition.signal(3);
                settle();
                assertThat(history).containsExactly(0, 1, 2);
                condition.signal(1);
                settle();
                assertThat(history).containsExactly(0, 1, 2, 3);
                condition.signal(0);
                condition.signal(2);
                settle();
                assertThat(history).containsExactly(0, 1, 2, 3, 4, 5);
                return null;
            });
        }
    }

    // Tornado case 45
    @OnBothCarriers
    void signalAllWakesAllWhoWaitNow(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                for (int i = 0; i < 4; i++) {
                    spawnWaiter(i);
                }
                settle();
                condition.signalAll();
                spawnWaiter("too late");
                settle();
                assertThat(history).containsExactly(0, 1, 2, 3);
                assertThat(condition).hasToString("Condition[1 waiting]");
                return null;
            });
        }
    }

    // Tornado case 46
    @OnBothCarriers
    void aSignalThatComesAfterTheLimitFindsNobody(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                Task<Boolean> early = spawn(() -> condition.await(ms(10)));
                Task<Boolean> late = spawn(() -> condition.await(ms(20)));
                settle();
                advance(clock, 10);
                assertThat(Async.await(early)).isFalse();
                condition.signal();
                assertThat(Async.await(late)).isTrue();
                return null;
            });
        }
    }

    // Tornado case 47
    @OnBothCarriers
    void whoHasTimedOutUsesUpNoSignal(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                spawnWaiter(0);
                spawnWaiter(1, ms(10));
                spawnWaiter(2);
                spawnWaiter(3);
                settle();
                advance(clock, 20);
                condition.signal(2);
                settle();
                assertThat(history).containsExactly("timeout", 0, 2);
                condition.signal();
                settle();
                assertThat(history).containsExactly("timeout", 0, 2, 3);
                return null;
            });
        }
    }

    @OnBothCarriers
    void aLimitThatPassesInTheTurnOfTheSignalLosesNone(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                spawnWaiter("limited", ms(10));
                spawnWaiter("patient");
                settle();
                loop.callLater(ms(10), condition::signal); // due after the limit, before the limited one has its turn
                advance(clock, 10);
                assertThat(history).containsExactlyInAnyOrder("timeout", "patient");
                return null;
            });
        }
    }

    // Tornado case 49
    @OnBothCarriers
    void whoHasTimedOutLeavesTheLineAtOnce(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                for (int i = 0; i < 101; i++) {
                    spawnWaiter(i, ms(10));
                }
                spawnWaiter("patient");
                settle();
                assertThat(condition).hasToString("Condition[102 waiting]");
                advance(clock, 20);
                assertThat(condition).hasToString("Condition[1 waiting]");
                assertThat(history).hasSize(101).containsOnly("timeout");
                condition.signal();
                settle();
                assertThat(history).hasSize(102).last().isEqualTo("patient");
                return null;
            });
        }
    }

    @OnBothCarriers
    void aLimitOfZeroNeverWaits(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            boolean signalled = loop.runSync(() -> condition.await(Duration.ZERO) || condition.await(ms(-1)));
            assertThat(signalled).isFalse();
        }
    }

    @OnBothCarriers
    void aSignalGoesOnFromWhoIsCancelledInTheSameTurn(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Task<?> first = spawn(() -> {
                    condition.await();
                    history.add("first");
                });
                spawnWaiter("second");
                settle();
                first.cancel(false);
                condition.signal();
                settle();
                assertThat(history).containsExactly("second");
                return null;
            });
        }
    }

    @OnBothCarriers
    void whoWasSignalledBeforeItWasCancelledReturnsNormally(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Task<?> first = spawn(() -> {
                    condition.await();
                    history.add("has the signal");
                    Async.checkpoint();
                });
                settle();
                condition.signal();
                first.cancel(false);
                assertThatThrownBy(() -> Async.await(first)).isInstanceOf(CancellationException.class);
                assertThat(history).containsExactly("has the signal");
                return null;
            });
        }
    }

    /** A checkpoint in await would give way after so many waits that cost none, and a signal given then would be lost. */
    @OnBothCarriers
    void nobodyRunsBetweenTheLookAtTheStateAndTheWait(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                for (int freeWaits = 120; freeWaits < 140; freeWaits++) {
                    boolean[] there = new boolean[1];
                    for (int i = 0; i < freeWaits; i++) {
                        Async.checkpoint();
                    }
                    spawn(() -> {
                        there[0] = true;
                        condition.signalAll();
                    });
                    if (!there[0]) {
                        condition.await();
                    }
                    assertThat(there[0]).isTrue();
                    there[0] = false;
                    for (int i = 0; i < freeWaits; i++) {
                        Async.checkpoint();
                    }
                    spawn(() -> condition.signalAll());
                    Task<?> timer = spawn(() -> {
                        settle();
                        clock.advance(ms(10));
                    });
                    assertThat(condition.await(ms(10))).isTrue();
                    Async.await(timer);
                }
                return null;
            });
        }
    }

    @OnBothCarriers
    void aNegativeNumberOfSignalsIsRefused(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThatThrownBy(() -> loop.runSync(() -> {
                        condition.signal(-1);
                        return null;
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("-1");
        }
    }
}
