package dev.asyncloop.spring.periodic;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code ioloop.periodic.tasks.<name>.<attribute>} says of single tasks. Names may hold dots, with brackets around them or
 * without; case and dashes do not count, so environment variables can name them, too.
 */
public final class PeriodicOverrides {

    static final String PREFIX = "ioloop.periodic.tasks.";

    private static final List<String> ATTRIBUTES =
            List.of("every", "delay", "cron", "zone", "initialDelay", "jitter", "timeout", "enabled");

    private final Map<String, String> names = new TreeMap<>();

    private final Map<String, Map<String, Override>> byTask = new LinkedHashMap<>();

    /** The value of one attribute, and the property that has it. */
    record Override(String property, String value) {}

    /**
     * Makes them.
     * @param properties by name and attribute with a dot between; what comes first counts
     * @throws PeriodicMisuseException if one has no attribute that there is
     */
    public PeriodicOverrides(Map<String, String> properties) {
        properties.forEach(this::add);
    }

    private void add(String key, String value) {
        int dot = key.lastIndexOf('.');
        String given = key.substring(dot + 1);
        String attribute = ATTRIBUTES.stream()
                .filter(known -> relaxed(known).equals(relaxed(given)))
                .findFirst()
                .orElse("");
        if (dot <= 0 || attribute.isEmpty()) {
            throw new PeriodicMisuseException(
                    "`" + PREFIX + key + "=" + value + "` overrides nothing: "
                            + (dot <= 0 ? "it names no task, or no attribute" : "there is no attribute '" + given + "'"),
                    "write `" + PREFIX + "<name>.<attribute>`, with one of the attributes every, delay, cron, zone,"
                            + " initial-delay, jitter, timeout and enabled",
                    null);
        }
        if (!value.isBlank()) {
            String name = key.substring(0, dot);
            names.putIfAbsent(relaxed(name), name);
            byTask.computeIfAbsent(relaxed(name), none -> new LinkedHashMap<>())
                    .putIfAbsent(attribute, new Override(PREFIX + key, value));
        }
    }

    private static String relaxed(String name) {
        return name.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
    }

    /** Returns what is said of one task, by attribute. */
    Map<String, Override> of(String name) {
        return byTask.getOrDefault(relaxed(name), Map.of());
    }

    /** Returns the names that none of these tasks has. */
    List<String> unknown(Collection<String> known) {
        List<String> all = known.stream().map(PeriodicOverrides::relaxed).toList();
        return names.entrySet().stream()
                .filter(name -> !all.contains(name.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }
}
