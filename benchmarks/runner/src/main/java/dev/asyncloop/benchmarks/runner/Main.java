package dev.asyncloop.benchmarks.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Measures, and writes what it has found; see {@code run.sh}. */
public final class Main {

    private Main() {}

    /** Takes the options of {@code run.sh}. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (Arrays.asList(arguments).contains("--help")) {
            System.out.print(Settings.help());
            return;
        }
        Settings settings;
        try {
            settings = Settings.of(arguments, Path.of(System.getProperty("project")));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        Files.createDirectories(settings.scratch());
        Files.createDirectories(settings.out());
        pinMyself(settings);
        Findings findings = Run.of(settings, reporter(settings));
        System.exit(findings.failures().isEmpty() ? 0 : 1);
    }

    /** Writes after each work, so that what is measured is not lost when the run is ended before its time. */
    private static Consumer<Findings> reporter(Settings settings) throws IOException, InterruptedException {
        Map<String, String> versions = Versions.of(settings);
        LocalDate day = LocalDate.now(ZoneOffset.UTC);
        long start = System.nanoTime();
        return findings -> {
            long minutes = Math.round((System.nanoTime() - start) / 60e9);
            write(settings, ".md", new Report(settings, findings, versions, day, minutes).text());
            write(settings, ".svg", new Chart(findings.results()).svg());
            write(settings, ".csv", Csv.of(findings.results()));
        };
    }

    private static void write(Settings settings, String ending, String text) {
        Path file = settings.out().resolve(settings.name() + ending);
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.out.println("Written: " + file);
    }

    /** The load of WebSockets and of fixed rates comes out of this JVM. */
    private static void pinMyself(Settings settings) throws IOException, InterruptedException {
        String pid = String.valueOf(ProcessHandle.current().pid());
        Children.run(
                Machine.allCpus(),
                List.of("taskset", "-a", "-c", "-p", settings.loadCpus().list(), pid),
                10,
                settings.scratch().resolve("taskset.log"));
    }
}
