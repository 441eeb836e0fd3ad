package dev.asyncloop.internal.meter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.atomic.AtomicLong;
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
    void theGreatestLatenessFallsAfterTenToTwentySeconds() {
        Lateness lateness = new Lateness();
        lateness.note(SECOND, 5);
        lateness.note(2 * SECOND, 3);
        assertThat(lateness.greatest(2 * SECOND)).isEqualTo(5);
        lateness.note(11 * SECOND, 1);
        assertThat(lateness.greatest(11 * SECOND)).isEqualTo(5);
        lateness.note(22 * SECOND, 2);
        assertThat(lateness.greatest(22 * SECOND)).isEqualTo(2);
        assertThat(lateness.greatest(60 * SECOND)).isZero();
    }

    @Test
    void whatWasSpentAddsUpAndTheLongestIsOfTheLastSeconds() {
        SpentTime spent = new SpentTime();
        spent.add(SECOND, 5);
        spent.add(2 * SECOND, 3);
        assertThat(spent.count()).isEqualTo(2);
        assertThat(spent.nanos()).isEqualTo(8);
        assertThat(spent.longest(2 * SECOND)).isEqualTo(5);
        assertThat(spent.longest(60 * SECOND)).isZero();
        assertThat(spent.nanos()).isEqualTo(8);
    }
}
