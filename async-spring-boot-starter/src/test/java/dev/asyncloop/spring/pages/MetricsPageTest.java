package dev.asyncloop.spring.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.spring.metrics.IOLoopMeter;
import dev.asyncloop.spring.metrics.IOLoopMeterTag;
import dev.asyncloop.spring.metrics.PrometheusNames;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;

/** The page on metrics: its tables are made of {@link IOLoopMeter}, its snippets compiled here. */
class MetricsPageTest {

    private static final Path PAGE = Path.of("../docs/metrics.md");

    private static final String BEGIN = "<!-- The tables are made of IOLoopMeter; see MetricsPageTest. -->\n";

    private static final String END = "<!-- End of the tables. -->\n";

    /** A system property; with {@code true} the tables are written instead. */
    private static final String WRITE = "update.pages";

    private static final String COMMAND = "./mvnw test -pl async-spring-boot-starter -am -Dtest=MetricsPageTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -D" + WRITE + "=true";

    @Bean
    MeterFilter oneLoopOnly() {
        return MeterFilter.ignoreTags("loop");
    }

    @Test
    void thePageShowsWhatIsCompiledHere() throws IOException {
        Snippets.assertCompiled("metrics.md", 1, MetricsPageTest.class);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        registry.config().meterFilter(oneLoopOnly());
        registry.gauge("ioloop.lag", Tags.of("loop", "ioloop"), 1);
        assertThat(registry.get("ioloop.lag").gauge().getId().getTags()).isEmpty();
    }

    @Test
    void theTablesAreThoseOfTheMeters() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        assertThat(begin).isBetween(BEGIN.length(), end);
        String expected = tables();
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(PAGE, page.substring(0, begin) + expected + page.substring(end));
            return;
        }
        assertThat(page.substring(begin, end))
                .as("the tables of docs/metrics.md; to write them: " + COMMAND)
                .isEqualTo(expected);
    }

    @Test
    void itsQueriesAreOfMetersThatThereAre() throws IOException {
        assertThat(Pattern.compile("\\bioloop_\\w+")
                        .matcher(Files.readString(PAGE))
                        .results()
                        .map(MatchResult::group))
                .isSubsetOf(Arrays.stream(IOLoopMeter.values())
                        .flatMap(meter -> PrometheusNames.of(meter).stream())
                        .toList());
    }

    private static String tables() {
        StringBuilder text = new StringBuilder();
        for (IOLoopMeter.Group group : IOLoopMeter.Group.values()) {
            text.append("\n### ")
                    .append(group.title())
                    .append("\n\n| Meter | Type | Tags | In Prometheus | Is |\n|---|---|---|---|---|\n");
            for (IOLoopMeter meter : IOLoopMeter.values()) {
                if (meter.group() == group) {
                    text.append(row(meter));
                }
            }
        }
        text.append("\n### Tags\n\n| Tag | Of | Values |\n|---|---|---|\n");
        for (IOLoopMeterTag tag : IOLoopMeterTag.values()) {
            text.append("| `%s` | %s | %s |\n".formatted(tag.asString(), groups(tag), tag.description()));
        }
        return text.append('\n').toString();
    }

    private static String row(IOLoopMeter meter) {
        String unit = meter.getBaseUnit();
        return "| `%s` | %s | %s | %s | %s |\n"
                .formatted(
                        meter.getName(),
                        meter.getType().name().toLowerCase(Locale.ROOT) + (unit == null ? "" : ", " + unit),
                        Arrays.stream(meter.getKeyNames())
                                .map(key -> "`" + key.asString() + "`")
                                .collect(Collectors.joining(", ")),
                        PrometheusNames.of(meter).stream()
                                .map(name -> "`" + name + "`")
                                .collect(Collectors.joining(", ")),
                        meter.description());
    }

    private static String groups(KeyName tag) {
        return Arrays.stream(IOLoopMeter.values())
                .filter(meter -> Arrays.asList(meter.getKeyNames()).contains(tag))
                .map(meter -> meter.group().title())
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
