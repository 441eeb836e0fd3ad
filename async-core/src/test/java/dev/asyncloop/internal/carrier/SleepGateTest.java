package dev.asyncloop.internal.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Waking a sleeper may be a system call; so nobody pays for it who need not. */
class SleepGateTest {

    private final AtomicInteger wakeUps = new AtomicInteger();

    private final AtomicInteger drains = new AtomicInteger();

    private final SleepGate gate = new SleepGate(wakeUps::incrementAndGet, drains::incrementAndGet);

    @Test
    void whoIsAwakeIsNotWoken() {
        for (int i = 0; i < 100; i++) {
            gate.signal();
        }
        assertThat(wakeUps).hasValue(0);
    }

    @Test
    void ofManyWhoSignalASleeperOnlyTheFirstWakesIt() {
        gate.idle();
        for (int i = 0; i < 100; i++) {
            gate.signal();
        }
        assertThat(wakeUps).hasValue(1);
        assertThat(gate.maySleep()).isFalse();
    }

    @Test
    void aDrainThatCouldNotBeStartedIsTriedAgain() {
        SleepGate failing = new SleepGate(wakeUps::incrementAndGet, () -> {
            if (drains.incrementAndGet() == 1) {
                throw new OutOfMemoryError("unable to create native thread");
            }
        });
        failing.close();
        assertThatThrownBy(failing::signal).isInstanceOf(OutOfMemoryError.class);
        failing.signal();
        failing.signal();
        assertThat(drains).hasValue(2);
    }

    @Test
    void afterTheEndOnlyTheFirstStartsADrain() {
        gate.close();
        for (int i = 0; i < 100; i++) {
            gate.signal();
        }
        assertThat(drains).hasValue(1);
        assertThat(wakeUps).hasValue(0);
    }
}
