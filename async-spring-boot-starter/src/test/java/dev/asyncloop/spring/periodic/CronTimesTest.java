package dev.asyncloop.spring.periodic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cron expressions where clocks are set: in Berlin at 1:00 UTC, forward on March 29th, 2026, and back on October 25th. */
class CronTimesTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    /** Returns the next times, as local time and offset. */
    private static List<String> after(String time, String expression, int count) {
        CronTimes times = new CronTimes(expression, BERLIN);
        List<String> found = new ArrayList<>();
        Instant last = Instant.parse(time);
        for (int i = 0; i < count; i++) {
            Instant next = times.after(last);
            assertThat(next).isAfter(last);
            found.add(next.atZone(BERLIN).toOffsetDateTime().toString());
            last = next;
        }
        return found;
    }

    @Test
    void onOtherDaysTheyAreSprings() {
        assertThat(after("2026-11-27T05:29:59Z", "0 30 6 * * MON-FRI", 3))
                .containsExactly("2026-11-27T06:30+01:00", "2026-11-30T06:30+01:00", "2026-12-01T06:30+01:00");
        assertThat(after("2026-11-27T05:29:59.999Z", "@daily", 2))
                .containsExactly("2026-11-28T00:00+01:00", "2026-11-29T00:00+01:00");
    }

    @Test
    void aTimeThatTheClockShowsAgainComesOnce() {
        assertThat(after("2026-10-24T10:00:00Z", "0 30 2 * * *", 2))
                .containsExactly("2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00");
        assertThat(after("2026-10-25T00:20:00Z", "0 */20 2 * * *", 2))
                .containsExactly("2026-10-25T02:40+02:00", "2026-10-26T02:00+01:00");
    }

    @Test
    void whoStartsInTheRepeatedHourWaitsForTheNextDay() {
        assertThat(after("2026-10-25T01:15:00Z", "0 30 2 * * *", 1)).containsExactly("2026-10-26T02:30+01:00");
    }

    @Test
    void everyHourIsAlsoTheRepeatedOne() {
        assertThat(after("2026-10-24T23:45:00Z", "0 30 * * * *", 3))
                .containsExactly("2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00", "2026-10-25T03:30+01:00");
        assertThat(after("2026-10-24T23:45:00Z", "@hourly", 3))
                .containsExactly("2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00", "2026-10-25T03:00+01:00");
    }

    @Test
    void whatIsInTheHourThatIsLeftOutComesOnceWhenItHasPassed() {
        assertThat(after("2026-03-28T10:00:00Z", "0 30 2 * * *", 2))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00");
        assertThat(after("2026-03-28T10:00:00Z", "0 */20 2 * * *", 2))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00");
        assertThat(after("2026-03-28T23:30:00Z", "0 0 2,3 * * *", 2))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00");
        assertThat(after("2026-03-28T23:45:00Z", "0 30 * * * *", 2))
                .containsExactly("2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00");
    }

    @Test
    void thereMayBeNone() {
        assertThat(new CronTimes("0 0 0 30 2 *", ZoneOffset.UTC).after(Instant.EPOCH))
                .isNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CronTimes("0 0 25 * * *", ZoneOffset.UTC))
                .withMessageContaining("25");
    }
}
