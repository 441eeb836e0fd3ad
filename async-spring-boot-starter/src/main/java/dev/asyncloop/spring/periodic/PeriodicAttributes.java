package dev.asyncloop.spring.periodic;

import dev.asyncloop.PeriodicSchedule;
import dev.asyncloop.spring.Periodic;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.util.StringValueResolver;

/**
 * Reads the attributes of one {@link Periodic @Periodic}, and what properties say instead, and says which of them is wrong.
 */
final class PeriodicAttributes {

    private static final String DISABLED = "-";

    private static final List<String> SCHEDULES = List.of("every", "delay", "cron");

    private static final String WHICH = "give exactly one of them: `every` counts from start to start, `delay` from end to"
            + " start, `cron` has times of day";

    private final Map<String, @Nullable Object> annotation;

    private final String place;

    private final StringValueResolver placeholders;

    private Map<String, PeriodicOverrides.Override> overrides = Map.of();

    /** Whether properties have another schedule, so that what went with the annotation's does not count. */
    private boolean replaced;

    /**
     * Makes a reader.
     * @param place where the annotation stands, for messages
     */
    PeriodicAttributes(Periodic annotation, String place, StringValueResolver placeholders) {
        this.annotation = AnnotationUtils.getAnnotationAttributes(annotation);
        this.place = place;
        this.placeholders = placeholders;
    }

    /** One attribute as it counts. */
    private record Value(String attribute, String raw, String resolved, @Nullable String property) {

        boolean isGiven() {
            return !resolved.isEmpty();
        }

        String text() {
            String text = property != null ? "`" + property + "=" + raw + "`" : "`" + attribute + " = \"" + raw + "\"`";
            return resolved.equals(raw) ? text : text + ", which is \"" + resolved + "\"";
        }
    }

    String name(String byDefault) {
        Value name = value("name");
        return name.isGiven() ? name.resolved : byDefault;
    }

    /** Returns what is to be done; looks at all attributes, also if nothing is. */
    PeriodicPlan plan(Map<String, PeriodicOverrides.Override> properties) {
        overrides = properties;
        replaced = SCHEDULES.stream().anyMatch(properties::containsKey);
        Value chosen = chosenSchedule();
        boolean enabled = parse(value("enabled"), "true or false", PeriodicAttributes::truth);
        if (chosen.resolved.equals(DISABLED)) {
            return new PeriodicPlan(null, null, false);
        }
        CronTimes cron = chosen.attribute.equals("cron") ? cron(chosen) : null;
        PeriodicSchedule schedule = cron != null ? atTimes(cron) : inPeriods(chosen);
        return new PeriodicPlan(withTimeout(schedule), cron, enabled);
    }

    private Value chosenSchedule() {
        List<Value> given = SCHEDULES.stream()
                .filter(attribute -> !replaced || overrides.containsKey(attribute))
                .map(this::value)
                .filter(Value::isGiven)
                .toList();
        if (given.size() != 1) {
            throw misuse(
                    " has "
                            + (given.isEmpty()
                                    ? "none of `every`, `delay` and `cron`"
                                    : given.stream().map(Value::text).collect(Collectors.joining(" and "))),
                    WHICH,
                    null);
        }
        return given.getFirst();
    }

    // ---- periods

    private PeriodicSchedule inPeriods(Value value) {
        boolean grid = value.attribute.equals("every");
        refuse(value("zone"), "goes with `cron` only");
        PeriodicSchedule schedule = parse(value, "a positive duration such as 30s, 1m or PT1M", text -> {
            Duration duration = DurationFormatterUtils.detectAndParse(text);
            return grid ? PeriodicSchedule.every(duration) : PeriodicSchedule.delay(duration);
        });
        return withJitter(withInitialDelay(schedule));
    }

    private PeriodicSchedule withInitialDelay(PeriodicSchedule schedule) {
        Value value = value("initialDelay");
        return value.isGiven()
                ? parse(
                        value,
                        "a duration such as 10s, or 0 for at once",
                        text -> schedule.withInitialDelay(DurationFormatterUtils.detectAndParse(text)))
                : schedule;
    }

    private PeriodicSchedule withJitter(PeriodicSchedule schedule) {
        Value value = value("jitter");
        return value.isGiven()
                ? parse(value, "a part from 0 to 1, such as 0.1 or 10%", text -> schedule.withJitter(part(text)))
                : schedule;
    }

    private static double part(String text) {
        return text.endsWith("%")
                ? Double.parseDouble(text.substring(0, text.length() - 1)) / 100
                : Double.parseDouble(text);
    }

    // ---- times of day

    private CronTimes cron(Value value) {
        refuse(value("initialDelay"), "goes with `every` and `delay` only");
        refuse(value("jitter"), "goes with `every` and `delay` only");
        Value zone = value("zone");
        ZoneId zoneId = zone.isGiven()
                ? parse(zone, "a time zone such as Europe/Berlin, UTC or +02:00", PeriodicAttributes::zoneId)
                : ZoneId.systemDefault();
        return parse(
                value,
                "six fields, second, minute, hour, day of month, month and day of week, such as 0 30 6 * * MON-FRI;"
                        + " or @hourly, @daily and the like",
                text -> {
                    CronTimes times = new CronTimes(text, zoneId);
                    if (times.after(Instant.now()) == null) {
                        throw new IllegalArgumentException("There is no such time");
                    }
                    return times;
                });
    }

    private PeriodicSchedule atTimes(CronTimes cron) {
        Value zone = value("zone");
        return PeriodicSchedule.at(
                "cron " + cron.expression() + (zone.isGiven() ? ", zone " + cron.zone() : ""), cron);
    }

    private static ZoneId zoneId(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException ex) {
            throw new IllegalArgumentException(ex.getMessage(), ex);
        }
    }

    // ---- both

    private PeriodicSchedule withTimeout(PeriodicSchedule schedule) {
        Value value = value("timeout");
        return value.isGiven()
                ? parse(
                        value,
                        "a positive duration such as 10s",
                        text -> schedule.withTimeout(DurationFormatterUtils.detectAndParse(text)))
                : schedule;
    }

    private static boolean truth(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("It is neither true nor false");
        };
    }

    /** Refuses what does not go with the schedule; if that was replaced, what the annotation has counts for its own only. */
    private void refuse(Value value, String rule) {
        if (value.isGiven() && !(replaced && value.property == null)) {
            throw misuse(
                    " has " + value.text() + ", which " + rule, "take out `" + value.attribute + "`, or the schedule", null);
        }
    }

    private Value value(String attribute) {
        PeriodicOverrides.Override override = overrides.get(attribute);
        String raw = override != null ? override.value() : String.valueOf(annotation.get(attribute));
        Value unresolved = new Value(attribute, raw, raw, override != null ? override.property() : null);
        String resolved = parse(
                unresolved, "a value whose placeholders are set, or have a default as in ${name:30s}", text -> {
                    return Objects.requireNonNullElse(placeholders.resolveStringValue(text), "");
                });
        return new Value(attribute, raw, resolved.strip(), unresolved.property);
    }

    private <T> T parse(Value value, String expected, Parser<T> parser) {
        try {
            return parser.parse(value.resolved);
        } catch (RuntimeException ex) {
            throw misuse(" has " + value.text() + ": " + ex.getMessage(), "give it " + expected, ex);
        }
    }

    private PeriodicMisuseException misuse(String problem, String remedy, @Nullable Throwable cause) {
        return new PeriodicMisuseException("@Periodic on " + place + problem, remedy, cause);
    }

    @FunctionalInterface
    private interface Parser<T> {

        T parse(String text);
    }
}
