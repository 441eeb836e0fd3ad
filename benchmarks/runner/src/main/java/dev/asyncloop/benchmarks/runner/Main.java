package dev.asyncloop.benchmarks.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;

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
        long start = System.nanoTime();
        List<Result> results = Run.of(settings);
        long minutes = Math.round((System.nanoTime() - start) / 60e9);
        Report report = new Report(
                settings, results, Machine.describe(), Versions.of(settings), LocalDate.now(ZoneOffset.UTC), minutes);
        write(settings, ".md", report.text());
        write(settings, ".svg", new Chart(results).svg());
        write(settings, ".csv", Csv.of(results));
    }

    private static void write(Settings settings, String ending, String text) throws IOException {
        Path file = settings.out().resolve(settings.name() + ending);
        Files.writeString(file, text);
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
