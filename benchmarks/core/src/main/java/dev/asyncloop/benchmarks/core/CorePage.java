package dev.asyncloop.benchmarks.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;

/** The page with what the core costs. */
final class CorePage {

    static final String EVENT_LOOP = "EVENT_LOOP";

    static final String JDK = "JDK";

    static final String VIRTUAL = "virtual";

    static final String KOTLIN = "kotlin";

    static final List<String> KINDS = List.of(EVENT_LOOP, JDK, VIRTUAL, KOTLIN);

    private static final Map<String, String> OPERATIONS = operations();

    private static Map<String, String> operations() {
        Map<String, String> operations = new LinkedHashMap<>();
        operations.put("switchBetweenTwo", "switch between two that give way");
        operations.put("startToEnd", "start, run, and wait for one");
        operations.put("awaitOfDone", "await of what is done");
        operations.put("awaitOfPending", "await of what another completes then");
        operations.put("gatherOfTen", "start ten, and wait for all");
        operations.put("channel", "an item through a channel of " + Count.CAPACITY);
        operations.put("timer", "a timer, cancelled before it is due");
        operations.put("timeout", "something with a time limit that does not wait");
        return operations;
    }

    private final Collection<RunResult> results;

    private final Map<String, Long> suspended;

    private final String conditions;

    private final StringBuilder text = new StringBuilder();

    CorePage(Collection<RunResult> results, Map<String, Long> suspended, String conditions) {
        this.results = results;
        this.suspended = suspended;
        this.conditions = conditions;
    }

    String text() throws IOException {
        add("# What the core costs");
        add("");
        add(
                "Written by `benchmarks/core.sh`; what is compared is in [benchmarks](../../benchmarks/README.md#the-core).");
        add(
                "Nanoseconds of wall-clock time for each operation: median (least to most), and the bytes that it allocates.");
        add("");
        add("| | event-loop carrier | JDK carrier | virtual threads | Kotlin |");
        add("|---|--:|--:|--:|--:|");
        for (Map.Entry<String, String> operation : OPERATIONS.entrySet()) {
            StringBuilder row = new StringBuilder("| ").append(operation.getValue());
            for (String kind : KINDS) {
                row.append(" | ").append(cell(operation.getKey(), kind));
            }
            add("%s |", row);
        }
        StringBuilder memory = new StringBuilder("| heap of a suspended one");
        KINDS.forEach(kind -> memory.append(String.format(Locale.ROOT, " | %,d B", suspended.get(kind))));
        add("%s |", memory);
        add("");
        add("- %s, %s.", LocalDate.now(ZoneOffset.UTC), machine());
        add("- JDK %s; %s.", Runtime.version(), conditions);
        add("- Virtual threads have one carrier of the JDK's scheduler; Kotlin's coroutines run in `runBlocking`.");
        return text.toString();
    }

    private String cell(String operation, String kind) {
        return results.stream()
                .filter(result -> kind(result).equals(kind) && operation(result).equals(operation))
                .findFirst()
                .map(CorePage::figures)
                .orElse("");
    }

    private static String figures(RunResult result) {
        Statistics time = result.getPrimaryResult().getStatistics();
        Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
        return String.format(
                Locale.ROOT,
                "%,.0f (%,.0f to %,.0f) ns, %,.0f B",
                time.getPercentile(50),
                time.getMin(),
                time.getMax(),
                allocated == null ? Double.NaN : allocated.getScore());
    }

    private static String kind(RunResult result) {
        String benchmark = result.getParams().getBenchmark();
        if (benchmark.contains("." + AsyncLoop.class.getSimpleName() + ".")) {
            return result.getParams().getParam("carrier");
        }
        return benchmark.contains("." + Kotlin.class.getSimpleName() + ".") ? KOTLIN : VIRTUAL;
    }

    private static String operation(RunResult result) {
        String benchmark = result.getParams().getBenchmark();
        return benchmark.substring(benchmark.lastIndexOf('.') + 1);
    }

    private static String machine() throws IOException {
        String model = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .orElse("unknown");
        return String.format(
                Locale.ROOT,
                "%d cores (%s), Linux %s",
                Runtime.getRuntime().availableProcessors(),
                model,
                System.getProperty("os.version"));
    }

    private void add(String line, Object... values) {
        text.append(values.length == 0 ? line : String.format(Locale.ROOT, line, values))
                .append('\n');
    }
}
