package dev.asyncloop.spring.pages;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tables of {@code docs/configuration.md}, made of what the configuration processor has found. */
final class PropertyTables {

    /** Where a group is explained. */
    private static final Map<String, String> PAGES = Map.of(
            "ioloop", "[Carriers](#carriers)",
            "ioloop.console", "[the console](console.md)",
            "ioloop.coroutine", "[where a coroutine gives way](coroutines.md#where-it-gives-way)",
            "ioloop.http-client", "[the HTTP client](http-client.md)",
            "ioloop.metrics", "[metrics](metrics.md)",
            "ioloop.periodic", "[periodic callbacks](periodic.md)",
            "ioloop.watchdog", "[troubleshooting](troubleshooting.md)",
            "ioloop.web", "[limits](limits.md) and [streaming](streaming.md)",
            "ioloop.websocket", "[WebSockets](websocket-server.md)",
            "management", "[operations](operations.md)");

    /** Worked out at the start, so that no metadata can have them. */
    private static final Map<String, String> COMPUTED = Map.of("ioloop.executor.threads", "processors");

    private PropertyTables() {}

    /** Returns the tables, a group each. */
    static String all() throws IOException {
        SortedMap<String, StringBuilder> groups = new TreeMap<>();
        try (InputStream stream =
                PropertyTables.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            for (JsonNode property : JsonMapper.shared().readTree(stream).get("properties")) {
                if (!property.path("deprecated").asBoolean(false)) {
                    groups.computeIfAbsent(group(property.get("name").asString()), PropertyTables::head)
                            .append(row(property));
                }
            }
        }
        return String.join("\n", groups.values());
    }

    private static String group(String name) {
        String[] parts = name.split("\\.");
        return parts.length == 2 || parts[0].equals("management") ? parts[0] : parts[0] + "." + parts[1];
    }

    private static StringBuilder head(String group) {
        StringBuilder head = new StringBuilder("### `" + group + "`\n\n");
        if (PAGES.containsKey(group)) {
            head.append("More: ").append(PAGES.get(group)).append(".\n\n");
        }
        return head.append("| Property | Type | Default | Meaning |\n|---|---|---|---|\n");
    }

    private static String row(JsonNode property) {
        String name = property.get("name").asString();
        return "| `" + name + "` | " + type(property.path("type").asString("")) + " | " + defaultOf(name, property)
                + " | " + property.path("description").asString("").replaceAll("([|*<])", "\\\\$1") + " |\n";
    }

    private static String type(String type) {
        return switch (type) {
            case "java.lang.Integer", "java.lang.Long", "java.lang.Double" -> "number";
            case "java.lang.Boolean" -> "true or false";
            case "java.lang.String" -> "text";
            case "java.time.Duration" -> "duration";
            case "org.springframework.util.unit.DataSize" -> "size";
            default ->
                type.startsWith("java.util.List<") ? "list" : type.startsWith("java.util.Map<") ? "map" : values(type);
        };
    }

    private static String values(String type) {
        try {
            Object[] constants = Class.forName(type).getEnumConstants();
            return Arrays.stream(constants)
                    .map(constant -> "`" + relaxed(((Enum<?>) constant).name()) + "`")
                    .collect(Collectors.joining(", "));
        } catch (ClassNotFoundException ex) {
            throw new IllegalStateException("There is no type " + type, ex);
        }
    }

    private static String relaxed(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String defaultOf(String name, JsonNode property) {
        JsonNode value = property.path("defaultValue");
        if (value.isMissingNode() || value.isArray() && value.isEmpty()) {
            return COMPUTED.getOrDefault(name, "none");
        }
        if (value.isArray()) {
            return value.valueStream().map(JsonNode::asString).collect(Collectors.joining("`, `", "`", "`"));
        }
        return value.isIntegralNumber() && value.asLong() >= 10_000
                ? String.format(Locale.ROOT, "%,d", value.asLong())
                : "`" + value.asString() + "`";
    }

    /** What the page needs before and after them. */
    static final List<String> MARKS =
            List.of("<!-- generated from the metadata of the properties -->\n", "<!-- end of what is generated -->\n");
}
