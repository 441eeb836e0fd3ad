package dev.asyncloop.benchmarks.runner;

import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The page with the tables. */
final class Report {

    private final Settings settings;

    private final List<Result> results;

    private final List<Result> failures;

    private final Map<String, String> versions;

    private final LocalDate day;

    private final long minutes;

    private final List<Work> works;

    private final StringBuilder text = new StringBuilder();

    Report(Settings settings, Findings findings, Map<String, String> versions, LocalDate day, long minutes) {
        this.settings = settings;
        this.results = findings.results();
        this.failures = findings.failures();
        this.works = settings.works().stream()
                .filter(work -> results.stream().anyMatch(result -> result.work == work))
                .toList();
        this.versions = versions;
        this.day = day;
        this.minutes = minutes;
    }

    String text() {
        add("# Beside its peers%s", settings.actuator() ? "" : ", without the actuator");
        add("");
        add("Written by `benchmarks/run.sh`; what each figure is, and how it was measured, is in");
        add(
                "[benchmarks](../../benchmarks/README.md). Processor time of the server for each request or message, median of %d",
                settings.repetitions());
        add(
                "interleaved repetitions of %d s (least to most). The ratio is the result: how many times as much as `%s`.",
                settings.seconds(), Peer.SUBJECT);
        add("");
        add("![Processor time per request](%s.svg)", settings.name());
        aims();
        for (Work work : works) {
            work(work);
        }
        footprint();
        conditions();
        return text.toString();
    }

    private void aims() {
        List<Aim> measured =
                Aim.ALL.stream().filter(aim -> aim.reached(results).isPresent()).toList();
        if (measured.isEmpty()) {
            return;
        }
        add("");
        add("## The figures to reach");
        add("");
        add("Processor time of the first in parts of that of the second; of the second's settings the better counts.");
        add("");
        add("| Work | | to reach | measured |");
        add("|---|---|---|---|");
        for (Aim aim : measured) {
            double ratio = aim.reached(results).orElseThrow();
            String verdict = ratio <= aim.most() ? "" : " (not reached)";
            add(
                    "| %s | %s : %s | ≤ %s | %s%s |",
                    aim.work().title, aim.subject(), aim.family(), ratio(aim.most()), ratio(ratio), verdict);
        }
    }

    private void work(Work work) {
        List<Result> rows =
                results.stream().filter(result -> result.work == work).toList();
        Optional<Double> subject = rows.stream()
                .filter(result -> result.peer.name().equals(Peer.SUBJECT))
                .map(result -> result.cpuMicros.median())
                .findFirst();
        add("");
        add("## %s", Character.toUpperCase(work.title.charAt(0)) + work.title.substring(1));
        add("");
        add(
                "| Server | µs of CPU per %s | ratio | %ss per second | p50 at %,d/s | p99 |",
                work.unit(), work.unit(), work.rate);
        add("|---|--:|--:|--:|--:|--:|");
        for (Result result : rows) {
            add(
                    "| %s | %s (%s to %s)%s | %s | %,.0f | %s ms%s | %s ms |",
                    result.peer.name(),
                    micros(result.cpuMicros.median()),
                    micros(result.cpuMicros.least()),
                    micros(result.cpuMicros.most()),
                    result.settled ? "" : " ¹",
                    subject.map(value -> String.format(Locale.ROOT, "%.2f", result.cpuMicros.median() / value))
                            .orElse(""),
                    result.perSecond.median(),
                    millis(result.p50Millis.median()),
                    result.unanswered == 0 ? "" : " ²",
                    millis(result.p99Millis.median()));
        }
        failures.stream()
                .filter(result -> result.work == work)
                .forEach(result -> add("\nNot measured: %s, which has failed at it.", result.peer.name()));
        if (rows.stream().anyMatch(result -> !result.settled)) {
            add("");
            add("¹ Had not settled when it was measured.");
        }
        if (rows.stream().anyMatch(result -> result.unanswered > 0)) {
            add("");
            add("² Did not keep up with the rate.");
        }
    }

    private void footprint() {
        add("");
        add("## Memory and start");
        add("");
        add(
                "After each work, in MB: resident (the most it has been), and in use in the heap after a collection. The start is until");
        add("the server listens, and the processor time of it; median of those for each work.");
        add("");
        StringBuilder head = new StringBuilder("| Server | start |");
        StringBuilder line = new StringBuilder("|---|--:|");
        for (Work work : works) {
            head.append(' ').append(work.title).append(" |");
            line.append("--:|");
        }
        add("%s", head);
        add("%s", line);
        for (Peer peer : settings.chosen()) {
            footprint(peer);
        }
    }

    private void footprint(Peer peer) {
        Series start = new Series();
        Series cpu = new Series();
        StringBuilder cells = new StringBuilder();
        for (Work work : works) {
            Optional<Result> result = results.stream()
                    .filter(each -> each.peer.equals(peer) && each.work == work)
                    .findFirst();
            result.ifPresent(each -> start.add(each.startSeconds));
            result.ifPresent(each -> cpu.add(each.startCpuSeconds));
            cells.append(' ').append(result.map(Report::memory).orElse("")).append(" |");
        }
        add("| %s | %.1f s, %.1f s of CPU |%s", peer.name(), start.median(), cpu.median(), cells);
    }

    private static String memory(Result result) {
        String heap = Double.isNaN(result.heapMegabytes)
                ? ""
                : String.format(Locale.ROOT, "; heap %.0f", result.heapMegabytes);
        return String.format(Locale.ROOT, "%.0f (%.0f)%s", result.residentMegabytes, result.peakMegabytes, heap);
    }

    private void conditions() {
        add("");
        add("## Under which conditions");
        add("");
        add("- %s, %s.", day, Machine.describe());
        add(
                "- Servers on processor %s, load and nginx on %s; all alive at the same time, only one is under load.",
                settings.serverCpus(), settings.loadCpus());
        add(
                "- All JVMs with `%s`; %s.",
                settings.jvm(),
                settings.actuator() ? "the Spring applications with the actuator" : "no application with the actuator");
        add("- The run took %d minutes.", minutes);
        for (Map.Entry<String, String> each : versions.entrySet()) {
            add("- %s: %s.", each.getKey(), each.getValue());
        }
        add("");
        add("| Server | |");
        add("|---|---|");
        for (Peer peer : settings.chosen()) {
            add("| %s | %s |", peer.name(), peer.title());
        }
    }

    private static String ratio(double value) {
        return String.format(Locale.ROOT, value < 0.1 ? "%.3f" : "%.2f", value);
    }

    private static String micros(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
    }

    private static String millis(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
    }

    private void add(String line, Object... values) {
        text.append(values.length == 0 ? line : String.format(Locale.ROOT, line, values))
                .append('\n');
    }
}
