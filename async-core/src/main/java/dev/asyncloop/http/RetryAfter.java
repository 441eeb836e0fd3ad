package dev.asyncloop.http;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a response says about the time of the next attempt. */
final class RetryAfter {

    private static final int MOST_DIGITS = 9;

    /** Longer than anybody waits: what more digits mean. */
    private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE);

    private RetryAfter() {}

    /** Returns the delay that the header asks for, given in seconds or as a date; {@code null} if there is none. */
    static @Nullable Duration of(Headers headers, Instant now) {
        String value = headers.first("Retry-After");
        if (value == null) {
            return null;
        }
        String stripped = value.strip();
        if (!stripped.isEmpty() && stripped.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return stripped.length() > MOST_DIGITS ? LONGEST : Duration.ofSeconds(Long.parseLong(stripped));
        }
        Instant time = HttpDates.parse(stripped);
        return time == null ? null : Duration.between(now, time);
    }
}
