package dev.asyncloop.internal.timer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.internal.meter.Lateness;
import dev.asyncloop.internal.turn.Turn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimersTest {

    private long now = 5_000;

    private final Turn turn = new Turn();

    private final Timers timers = new Timers(turn, () -> now, true, new Lateness(() -> now), () -> {});

    private final List<Object> fired = new ArrayList<>();

    private void advance(long by) {
        now += by;
        timers.check();
    }

    @Test
    void dueTimersGoOffInTheOrderOfTheirDeadlinesAndNeverEarly() {
        timers.set(30, "a test", () -> fired.add(30));
        timers.set(10, "a test", () -> fired.add(10));
        timers.set(20, "a test", () -> fired.add(20));
        timers.set(10, "a test", () -> fired.add("10 too"));
        advance(9);
        assertThat(fired).isEmpty();
        advance(1);
        assertThat(fired).containsExactly(10, "10 too");
        advance(50);
        assertThat(fired).containsExactly(10, "10 too", 20, 30);
        assertThat(timers.untilNext()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theCarrierNeedNotLookAgainWhileWhatIsDueWaitsForTheTurn() {
        List<Long> waits = new ArrayList<>();
        turn.run(
                () -> { // has the turn
                    timers.setInTurn(10, "a test", () -> fired.add(1));
                    advance(10);
                    timers.setInTurn(0, "a test", () -> fired.add(2));
                    timers.check();
                    waits.add(timers.untilNext());
                });
        assertThat(waits).containsExactly(Long.MAX_VALUE);
        assertThat(fired).containsExactly(1, 2);
        timers.setInTurn(5, "a test", () -> fired.add(3));
        assertThat(timers.untilNext()).isEqualTo(5);
    }

    @Test
    void aDelayInThePastIsDueAtOnce() {
        timers.set(-5, "a test", () -> fired.add(1));
        assertThat(timers.untilNext()).isZero();
        timers.check();
        assertThat(fired).containsExactly(1);
    }

    @Test
    void aCancelledTimerDoesNotGoOffAlsoWhenItIsDue() {
        Timer timer = timers.set(10, "a test", () -> fired.add(1));
        now += 20;
        assertThat(timer.cancel()).isTrue();
        assertThat(timer.cancel()).isFalse();
        timers.check();
        assertThat(fired).isEmpty();
    }

    @Test
    void cancellingAfterItWentOffIsNoError() {
        Timer timer = timers.set(1, "a test", () -> fired.add(1));
        advance(1);
        assertThat(timer.cancel()).isFalse();
    }

    @Test
    void twoThousandTimersSetAndCancelledDoNotPileUp() {
        for (int i = 0; i < 2_000; i++) {
            timers.set(Duration.ofHours(1).toNanos(), "a test", () -> fired.add(1))
                    .cancel();
        }
        assertThat(timers.size()).isLessThan(200);
    }

    @Test
    void theLongestDelayDoesNotOverflow() {
        timers.set(Long.MAX_VALUE, "a test", () -> fired.add(1));
        assertThat(timers.untilNext()).isPositive();
        advance(1_000_000);
        assertThat(fired).isEmpty();
    }

    @Test
    void theCarrierIsToldOnlyOfAnEarlierDeadline() {
        List<Long> told = new ArrayList<>();
        Timers[] watched = new Timers[1];
        watched[0] = new Timers(turn, () -> now, true, new Lateness(() -> now), () -> told.add(watched[0].untilNext()));
        watched[0].set(100, "a test", () -> {});
        watched[0].set(200, "a test", () -> {});
        watched[0].set(50, "a test", () -> {});
        assertThat(told).containsExactly(100L, 50L);
    }
}
