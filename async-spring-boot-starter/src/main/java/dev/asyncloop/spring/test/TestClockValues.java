package dev.asyncloop.spring.test;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.function.Function;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/** What a {@link TestClock} says; a part of what tells one application context from another. */
record TestClockValues(Instant start, ZoneId zone, Duration limit, Duration outsideLimit) {

    /**
     * Reads an annotation.
     * @throws IllegalArgumentException that names the class, the attribute and the value that can't be
     */
    static TestClockValues of(TestClock annotation, Class<?> testClass) {
        String place = testClass.getName();
        ZoneId zone = read(
                place, "zone", annotation.zone(), "write a zone such as UTC or Europe/Vienna", text -> ZoneId.of(text));
        return new TestClockValues(
                read(
                        place,
                        "start",
                        annotation.start(),
                        "write 2026-01-01T00:00:00Z, or 2026-01-01T08:00 or 2026-01-01 in the zone",
                        text -> instant(text, zone)),
                zone,
                read(
                        place,
                        "limit",
                        annotation.limit(),
                        "write a positive duration such as 10s",
                        text -> limit(text, false)),
                read(
                        place,
                        "outsideLimit",
                        annotation.outsideLimit(),
                        "write a duration such as 1s, or 0s to wait for no answer",
                        text -> limit(text, true)));
    }

    private static <T> T read(String place, String attribute, String text, String remedy, Function<String, T> reader) {
        try {
            return reader.apply(text.strip());
        } catch (DateTimeException | IllegalArgumentException ex) {
            throw new IllegalArgumentException(
                    "@TestClock on " + place + " has `" + attribute + " = \"" + text + "\"`, which can't be; " + remedy,
                    ex);
        }
    }

    private static Instant instant(String text, ZoneId zone) {
        if (!text.contains("T")) {
            return LocalDate.parse(text).atStartOfDay(zone).toInstant();
        }
        String time = text.substring(text.indexOf('T'));
        boolean hasOffset = time.endsWith("Z") || time.contains("+") || time.contains("-");
        return hasOffset
                ? Instant.parse(text)
                : LocalDateTime.parse(text).atZone(zone).toInstant();
    }

    private static Duration limit(String text, boolean mayBeZero) {
        Duration limit = DurationFormatterUtils.detectAndParse(text);
        if (limit.isNegative() || limit.isZero() && !mayBeZero) {
            throw new IllegalArgumentException("it is not positive");
        }
        return limit;
    }
}
