package dev.asyncloop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tornado's own number series: a period of 10 s, the first call due at 1000 s. */
class PeriodicArithmeticTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private static final long PERIOD = 10 * SECOND;

    /** Returns when calls are due that take so long; a negative time sets the clock back. */
    private static List<Double> due(int... durations) {
        List<Double> calls = new ArrayList<>();
        long due = 1000 * SECOND;
        long now = due;
        for (int duration : durations) {
            due = PeriodicArithmetic.next(due, PeriodicArithmetic.periods(due, now, PERIOD), PERIOD);
            calls.add((double) due / SECOND);
            now = due + duration * SECOND;
        }
        return calls;
    }

    @Test
    void callsThatTakeNoTimeAreOnTheGrid() {
        assertThat(due(0, 0, 0, 0, 0)).containsExactly(1010.0, 1020.0, 1030.0, 1040.0, 1050.0);
    }

    @Test
    void callsThatTakeTooLongSkipWholePeriods() {
        assertThat(due(9, 9, 10, 11, 20, 20, 35, 35, 0, 0, 0))
                .containsExactly(
                        1010.0, 1020.0, 1030.0, 1050.0, 1070.0, 1100.0, 1130.0, 1170.0, 1210.0, 1220.0, 1230.0);
    }

    @Test
    void aClockThatIsSetBackNeverMakesTheSameTimeTwice() {
        assertThat(due(-2, -1, -3, -2, 0)).containsExactly(1010.0, 1020.0, 1030.0, 1040.0, 1050.0);
        assertThat(due(-100, 0, 0)).containsExactly(1010.0, 1020.0, 1030.0);
    }

    @Test
    void jitterDrawsEachPeriodFromAWindowAroundIt() {
        List<Double> calls = new ArrayList<>();
        long due = 1000 * SECOND;
        for (double random : new double[] {0.5, 1, 0, 0.75}) {
            long period = PeriodicArithmetic.jittered(PERIOD, 0.5, random);
            due = PeriodicArithmetic.next(due, PeriodicArithmetic.periods(due, due, period), period);
            calls.add((double) due / SECOND);
        }
        assertThat(calls).containsExactly(1010.0, 1022.5, 1030.0, 1041.25);
    }

    @Test
    void jitterNeverMakesAPeriodOfNothing() {
        assertThat(PeriodicArithmetic.jittered(1, 1, 0)).isEqualTo(1);
        assertThat(PeriodicArithmetic.jittered(Long.MAX_VALUE, 1, 1)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theEndOfTimeIsNotOverrun() {
        assertThat(PeriodicArithmetic.next(5, 1, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(PeriodicArithmetic.next(5, PeriodicArithmetic.periods(5, Long.MAX_VALUE, 3), 3))
                .isEqualTo(Long.MAX_VALUE);
    }
}
