package dev.asyncloop.spring.periodic;

import dev.asyncloop.PeriodicSchedule;
import dev.asyncloop.spring.Periodic;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.util.StringValueResolver;

/** Reads the attributes of one {@link Periodic @Periodic}, and says which of them is wrong. */
final class PeriodicAttributes {

    private static final String DISABLED = "-";

    private final Periodic annotation;

    private final String place;

    private final StringValueResolver placeholders;

    /**
     * Makes a reader.
     * @param place where the annotation stands, for messages
     */
    PeriodicAttributes(Periodic annotation, String place, StringValueResolver placeholders) {
        this.annotation = annotation;
        this.place = place;
        this.placeholders = placeholders;
    }

    String name(String byDefault) {
        String name = resolve("name", annotation.name());
        return name.isEmpty() ? byDefault : name;
    }

    /** Returns the schedule, or null if it is disabled; looks at all attributes in either case. */
    @Nullable
    PeriodicSchedule schedule() {
        String every = resolve("every", annotation.every());
        String delay = resolve("delay", annotation.delay());
        if (every.isEmpty() == delay.isEmpty()) {
            throw new PeriodicMisuseException(
                    "@Periodic on " + place + " has "
                            + (every.isEmpty()
                                    ? "neither `every` nor `delay`"
                                    : "both `every = \"" + every + "\"` and `delay = \"" + delay + "\"`"),
                    "give exactly one of them: `every` counts from start to start, `delay` from end to start",
                    null);
        }
        boolean enabled = enabled();
        String attribute = every.isEmpty() ? "delay" : "every";
        String raw = every.isEmpty() ? annotation.delay() : annotation.every();
        String value = every.isEmpty() ? delay : every;
        if (value.equals(DISABLED)) {
            return null;
        }
        PeriodicSchedule schedule =
                parse(attribute, raw, value, "a positive duration such as 30s, 1m or PT1M", text -> {
                    Duration duration = DurationFormatterUtils.detectAndParse(text);
                    return attribute.equals("every")
                            ? PeriodicSchedule.every(duration)
                            : PeriodicSchedule.delay(duration);
                });
        return enabled ? withJitter(withInitialDelay(schedule)) : disabled(schedule);
    }

    private @Nullable PeriodicSchedule disabled(PeriodicSchedule schedule) {
        withJitter(withInitialDelay(schedule));
        return null;
    }

    private PeriodicSchedule withInitialDelay(PeriodicSchedule schedule) {
        String value = resolve("initialDelay", annotation.initialDelay());
        return value.isEmpty()
                ? schedule
                : parse(
                        "initialDelay",
                        annotation.initialDelay(),
                        value,
                        "a duration such as 10s, or 0 for at once",
                        text -> schedule.withInitialDelay(DurationFormatterUtils.detectAndParse(text)));
    }

    private PeriodicSchedule withJitter(PeriodicSchedule schedule) {
        String value = resolve("jitter", annotation.jitter());
        return value.isEmpty()
                ? schedule
                : parse(
                        "jitter",
                        annotation.jitter(),
                        value,
                        "a part from 0 to 1, such as 0.1 or 10%",
                        text -> schedule.withJitter(part(text)));
    }

    private static double part(String text) {
        return text.endsWith("%")
                ? Double.parseDouble(text.substring(0, text.length() - 1)) / 100
                : Double.parseDouble(text);
    }

    private boolean enabled() {
        String value = resolve("enabled", annotation.enabled());
        return parse("enabled", annotation.enabled(), value, "true or false", text -> switch (text.toLowerCase(
                Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("It is neither true nor false");
        });
    }

    private String resolve(String attribute, String raw) {
        String resolved = parse(
                attribute,
                raw,
                raw,
                "a value whose placeholders are set, or have a default as in ${name:30s}",
                text -> {
                    String value = placeholders.resolveStringValue(text);
                    return value != null ? value : "";
                });
        return resolved.strip();
    }

    private <T> T parse(String attribute, String raw, String value, String expected, Parser<T> parser) {
        try {
            return parser.parse(value);
        } catch (RuntimeException ex) {
            throw new PeriodicMisuseException(
                    "@Periodic on " + place + " has `" + attribute + " = \"" + raw + "\"`"
                            + (value.equals(raw) ? "" : ", which is \"" + value + "\"")
                            + ": " + ex.getMessage(),
                    "give it " + expected,
                    ex);
        }
    }

    @FunctionalInterface
    private interface Parser<T> {

        T parse(String text);
    }
}
