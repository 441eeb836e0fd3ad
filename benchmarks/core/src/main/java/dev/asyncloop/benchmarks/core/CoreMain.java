package dev.asyncloop.benchmarks.core;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs all benchmarks of this module, and writes their page; see {@code core.sh}. */
public final class CoreMain {

    private static final String[] JVM = {
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-XX:+UseSerialGC",
        "-XX:+UseCompactObjectHeaders",
        "-Xmx1g"
    };

    private CoreMain() {}

    /** Takes the file to write, how many JVMs for each benchmark, how many iterations, and the milliseconds of each. */
    public static void main(String[] arguments) throws RunnerException, IOException, InterruptedException {
        Path page = Path.of(arguments[0]);
        int forks = Integer.parseInt(arguments[1]);
        int iterations = Integer.parseInt(arguments[2]);
        int millis = Integer.parseInt(arguments[3]);
        Options options = new OptionsBuilder()
                .include("dev\\.asyncloop\\.benchmarks\\.core\\..*")
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .forks(forks)
                .warmupIterations(iterations)
                .warmupTime(TimeValue.milliseconds(millis))
                .measurementIterations(iterations)
                .measurementTime(TimeValue.milliseconds(millis))
                .timeout(TimeValue.seconds(120))
                .addProfiler(GCProfiler.class)
                .jvmArgs(JVM)
                .shouldFailOnError(true)
                .build();
        Collection<RunResult> results = new Runner(options).run();
        String conditions = "JMH, %d JVMs for each, %d iterations of %d ms after as many for warming up"
                .formatted(forks, iterations, millis);
        String text = new CorePage(results, suspended(), conditions).text();
        Files.createDirectories(page.toAbsolutePath().getParent());
        Files.writeString(page, text);
        System.out.println("Written: " + page);
    }

    /** The bytes of a suspended coroutine of each kind. */
    private static Map<String, Long> suspended() throws IOException, InterruptedException {
        Map<String, Long> bytes = new LinkedHashMap<>();
        for (String kind : CorePage.KINDS) {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(Arrays.asList(JVM));
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), Suspended.class.getName(), kind));
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " has failed: " + said);
            }
            bytes.put(kind, Long.valueOf(said.strip().lines().toList().getLast()));
        }
        return bytes;
    }
}
