package dev.asyncloop.internal.meter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class MetersTest {

    private static final long SECOND = 1_000_000_000;

    private final AtomicLong clock = new AtomicLong(77);

    private final BusyTime busy = new BusyTime(clock::get);

    private void pass(double seconds) {
        clock.addAndGet((long) (seconds * SECOND));
    }

    @Test
    void nothingIsBusyAtFirst() {
        assertThat(busy.share()).isZero();
        pass(3);
        assertThat(busy.share()).isZero();
    }

    @Test
    void theShareCountsFromTheBeginningAndWhatGoesOn() {
        pass(1);
        busy.begin();
        pass(1);
        assertThat(busy.share()).isCloseTo(0.5, within(1e-6));
        busy.end();
        pass(2);
        assertThat(busy.share()).isCloseTo(0.25, within(1e-6));
    }

    @Test
    void whoAsksWhileItEndsIsToldNoMoreThanItWas() {
        AtomicReference<Runnable> meanwhile = new AtomicReference<>();
        BusyTime told = new BusyTime(() -> {
            Runnable once = meanwhile.getAndSet(null);
            if (once != null) {
                once.run();
            }
            return clock.get();
        });
        told.begin();
        pass(1);
        meanwhile.set(() -> {
            told.end();
            pass(5); // who asks is held up
        });
        assertThat(told.nanos()).isLessThanOrEqualTo(SECOND);
        assertThat(told.nanos()).isEqualTo(SECOND);
    }

    @Test
    void whatIsSaidTwiceCountsOnce() {
        busy.begin();
        pass(0.5);
        busy.begin();
        pass(0.5);
        busy.end();
        busy.end();
        pass(1);
        assertThat(busy.share()).isCloseTo(0.5, within(1e-6));
    }

    @Test
    void shortStretchesAddUpAcrossSlots() {
        for (int i = 0; i < 1_000; i++) {
            busy.begin();
            pass(0.006);
            busy.end();
            pass(0.002);
        }
        assertThat(busy.share()).isCloseTo(0.75, within(0.01));
    }

    @Test
    void whoIsBusyForLongIsWhollyBusy() {
        pass(100);
        busy.begin();
        pass(60);
        assertThat(busy.share()).isCloseTo(1, within(1e-6));
        busy.end();
        pass(60);
        assertThat(busy.share()).isZero();
    }

    @Test
    void aPlaceThatIsUsedAgainForgetsWhatItHeld() {
        busy.begin();
        pass(0.9);
        busy.end();
        pass(8 * 1.073741824); // the same place again
        busy.begin();
        pass(0.001);
        busy.end();
        assertThat(busy.share()).isLessThan(0.01);
    }

    @Test
    void theGreatestLatenessFallsAfterThirteenToSeventeenSeconds() {
        Lateness lateness = new Lateness(clock::get);
        lateness.note(clock.get(), 5_000, 1);
        pass(2);
        lateness.note(clock.get(), 3_000, 1);
        assertThat(lateness.recent().greatest()).isEqualTo(5_000);
        pass(10.5);
        lateness.note(clock.get(), 1_000, 1);
        assertThat(lateness.recent().greatest()).isEqualTo(5_000);
        pass(5);
        assertThat(lateness.recent().greatest()).isEqualTo(1_000);
        pass(60);
        assertThat(lateness.recent().greatest()).isZero();
        assertThat(lateness.recent().quantile(0.5)).isZero();
    }

    @Test
    void aShareOfWhatWasLateIsToldToAnEighth() {
        Lateness lateness = new Lateness(clock::get);
        for (int i = 1; i <= 1_000; i++) {
            lateness.note(clock.get(), i * 10_000L, 1);
        }
        for (double share : new double[] {0.01, 0.1, 0.5, 0.9, 0.99, 1}) {
            double exact = share * 10_000_000;
            assertThat((double) lateness.recent().quantile(share))
                    .as("%s", share)
                    .isBetween(exact, exact * 1.126);
        }
        assertThat(lateness.recent().quantile(1)).isEqualTo(10_000_000);
    }

    @Test
    void whatStandsForManyCountsAsMany() {
        Lateness lateness = new Lateness(clock::get);
        lateness.note(clock.get(), 1_000_000, 1);
        lateness.note(clock.get(), 2_000, 16);
        assertThat(lateness.recent().quantile(0.9)).isLessThan(2_300);
        assertThat(lateness.recent().quantile(0.99)).isEqualTo(1_000_000);
    }

    @Test
    void anyLatenessHasItsPlace() {
        for (long late :
                new long[] {0, 1, 1_023, 1_024, 1_025, 2_047, 2_048, 1L << 37, (1L << 38) - 1, 1L << 38, 1L << 62}) {
            Lateness lateness = new Lateness(clock::get);
            lateness.note(clock.get(), late, 1);
            assertThat(lateness.recent().quantile(0.5))
                    .isLessThanOrEqualTo(late)
                    .isGreaterThanOrEqualTo(Math.min(late, 1L << 38));
        }
    }

    @Test
    void aPlaceIsUsedAgain() {
        Lateness lateness = new Lateness(clock::get);
        lateness.note(clock.get(), 5_000_000, 100);
        pass(8 * 4.294967296);
        lateness.note(clock.get(), 1_000, 1);
        assertThat(lateness.recent().quantile(1)).isEqualTo(1_000);
    }

    @Test
    void theFirstStartsAreLookedAtEachAndOfManyEvery16th() {
        Lateness lateness = new Lateness(clock::get);
        AtomicInteger looks = new AtomicInteger();
        StartDelays delays = new StartDelays(
                () -> {
                    looks.incrementAndGet();
                    return clock.get();
                },
                lateness);
        int made = looks.get();
        for (int i = 0; i < 32; i++) {
            delays.begins(clock.get() - 3_000);
        }
        assertThat(looks.get() - made).isEqualTo(32);
        for (int i = 0; i < 1_600; i++) {
            delays.begins(clock.get() - 8_000);
        }
        assertThat(looks.get() - made).isEqualTo(132);
        assertThat(lateness.recent().quantile(0.01)).isBetween(3_000L, 3_400L);
        assertThat(lateness.recent().quantile(0.02)).isEqualTo(8_000);
        pass(2);
        for (int i = 0; i < 16; i++) {
            delays.begins(clock.get() - 9_000); // the first look after a while
        }
        for (int i = 0; i < 32; i++) {
            delays.begins(clock.get() - 9_000);
        }
        assertThat(looks.get() - made).isEqualTo(132 + 1 + 32);
    }

    @Test
    void whatWasSpentAddsUpAndTheLongestIsOfTheLastSeconds() {
        SpentTime spent = new SpentTime();
        spent.add(SECOND, 5);
        spent.add(2 * SECOND, 3);
        assertThat(spent.count()).isEqualTo(2);
        assertThat(spent.nanos()).isEqualTo(8);
        assertThat(spent.longest(2 * SECOND)).isEqualTo(5);
        spent.add(11 * SECOND, 1);
        assertThat(spent.longest(11 * SECOND)).isEqualTo(5);
        spent.add(22 * SECOND, 2);
        assertThat(spent.longest(22 * SECOND)).isEqualTo(2);
        assertThat(spent.longest(60 * SECOND)).isZero();
        assertThat(spent.nanos()).isEqualTo(11);
    }
}
