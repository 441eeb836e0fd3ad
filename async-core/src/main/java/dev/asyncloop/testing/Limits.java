package dev.asyncloop.testing;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as text in annotations. */
final class Limits {

    private static final Pattern SIMPLE = Pattern.compile("(\\d{1,9}) ?(ms|s|m|h)");

    private Limits() {}

    /**
     * Reads a limit.
     * @throws IllegalArgumentException if it is none, or not positive
     */
    static Duration parse(String where, String text) {
        Duration limit = read(text.strip());
        if (limit == null || limit.isZero() || limit.isNegative()) {
            throw new IllegalArgumentException("timeout = \"" + text + "\" of @LoopTest on " + where
                    + " is no limit; write a positive number with a unit, as \"500ms\", \"5s\" or \"2m\"");
        }
        return limit;
    }

    private static @Nullable Duration read(String text) {
        Matcher simple = SIMPLE.matcher(text);
        if (simple.matches()) {
            long number = Long.parseLong(simple.group(1));
            return switch (simple.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                default -> Duration.ofHours(number);
            };
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException ex) {
            return null;
        }
    }
}
