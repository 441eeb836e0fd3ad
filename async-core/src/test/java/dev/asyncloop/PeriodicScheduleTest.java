package dev.asyncloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PeriodicScheduleTest {

    @Test
    void aPeriodIsPositive() {
        for (Duration period : new Duration[] {Duration.ZERO, Duration.ofNanos(-1), Duration.ofDays(-1)}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PeriodicSchedule.every(period))
                    .withMessageContaining("must have a positive period")
                    .withMessageContaining(period.toString())
                    .withMessageContaining("yieldNow");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PeriodicSchedule.delay(period))
                    .withMessageContaining("must have a positive delay")
                    .withMessageContaining(period.toString());
        }
    }

    @Test
    void aPeriodOfMinutesAndSecondsKeepsBoth() {
        PeriodicSchedule schedule = PeriodicSchedule.every(Duration.ofMinutes(1).plusSeconds(23));
        assertThat(schedule.drawPeriod()).isEqualTo(Duration.ofMillis(83_000).toNanos());
    }

    @Test
    void anInitialDelayMayBeZeroButNotNegative() {
        PeriodicSchedule schedule = PeriodicSchedule.every(Duration.ofSeconds(1));
        assertThat(schedule.initialDelay()).isNull();
        assertThat(schedule.withInitialDelay(Duration.ZERO).initialDelay()).isZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> schedule.withInitialDelay(Duration.ofSeconds(-2)))
                .withMessageContaining("PT-2S")
                .withMessageContaining("zero");
    }

    @Test
    void jitterIsAPart() {
        PeriodicSchedule schedule = PeriodicSchedule.every(Duration.ofSeconds(1));
        for (double jitter : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> schedule.withJitter(jitter))
                    .withMessageContaining("" + jitter)
                    .withMessageContaining("from 0 to 1");
        }
    }

    @Test
    void jitterWithoutAGivenSourceStaysWithinItsWindow() {
        PeriodicSchedule schedule =
                PeriodicSchedule.every(Duration.ofSeconds(10)).withJitter(0.1);
        for (int i = 0; i < 1_000; i++) {
            assertThat(schedule.drawPeriod()).isBetween(9_500_000_000L, 10_500_000_000L);
        }
    }

    @Test
    void aTimeoutIsPositive() {
        PeriodicSchedule schedule = PeriodicSchedule.every(Duration.ofSeconds(1));
        assertThat(schedule.timeout()).isNull();
        assertThat(schedule.withTimeout(Duration.ofSeconds(3)).timeout()).isEqualTo(Duration.ofSeconds(3));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> schedule.withTimeout(Duration.ZERO))
                .withMessageContaining("PT0S")
                .withMessageContaining("leave it out");
    }

    @Test
    void timesOfDayHaveNoPeriod() {
        PeriodicSchedule times = PeriodicSchedule.at("nightly", time -> time.plusSeconds(86_400));
        assertThat(times.period()).isNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> times.withInitialDelay(Duration.ZERO))
                .withMessageContainingAll("nightly", "an initial delay", "`every`");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> times.withJitter(0.1))
                .withMessageContainingAll("nightly", "jitter", "`every`");
    }

    @Test
    void saysWhatItIs() {
        assertThat(PeriodicSchedule.every(Duration.ofSeconds(30))).hasToString("every PT30S");
        assertThat(PeriodicSchedule.at("nightly", time -> null).withTimeout(Duration.ofMinutes(1)))
                .hasToString("nightly, timeout PT1M");
        assertThat(PeriodicSchedule.delay(Duration.ofSeconds(30))
                        .withInitialDelay(Duration.ZERO)
                        .withJitter(0.5))
                .hasToString("delay PT30S, initial delay PT0S, jitter 0.5");
    }
}
