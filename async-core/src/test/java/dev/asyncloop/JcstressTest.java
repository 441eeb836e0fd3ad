package dev.asyncloop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.ReportUtils;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * Runs the races ({@code *Race.java}) under JCStress, each for a moment, in a JVM of their own: none may end in a way that is
 * forbidden, and those of the broken twins, which leave out what a protocol depends on, have to.
 */
class JcstressTest {

    private static final Path DIRECTORY = Path.of("target", "jcstress").toAbsolutePath();

    private static final Path RESULTS = DIRECTORY.resolve("results.bin.gz");

    private static final Path OUTPUT = DIRECTORY.resolve("output.txt");

    private static final List<String> COMMAND = List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xms512m",
            "-Xmx512m",
            "-XX:+UseParallelGC",
            "-XX:-RestrictContended", // JCStress keeps what the actors write apart
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            JcstressRun.class.getName(),
            RESULTS.toString(),
            "-iters",
            "1",
            "-time",
            "150",
            "-spinStyle", // where others build as well, an actor that waits may keep the other one from its core
            "THREAD_YIELD");

    private static final int PATIENCE_SECONDS = 180;

    private static Collection<TestResult> results;

    @Timeout(300) // some 15 s on two idle cores
    @BeforeAll
    static void race() throws Exception {
        Files.createDirectories(DIRECTORY);
        Files.deleteIfExists(RESULTS);
        Process races = new ProcessBuilder(COMMAND)
                .directory(DIRECTORY.toFile())
                .redirectErrorStream(true)
                .redirectOutput(OUTPUT.toFile())
                .start();
        try {
            assertThat(races.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as(() -> "ended in time: " + output())
                    .isTrue();
        } finally {
            races.destroyForcibly();
        }
        assertThat(races.exitValue()).as(JcstressTest::output).isZero();
        InProcessCollector collector = new InProcessCollector();
        DiskReadCollector reader = new DiskReadCollector(RESULTS.toString(), collector);
        reader.dump();
        reader.close();
        results = collector.getTestResults();
    }

    private static String output() {
        try {
            return Files.readString(OUTPUT);
        } catch (IOException ex) {
            return ex.toString();
        }
    }

    @Test
    void everyRaceWasRun() {
        assertThat(results)
                .extracting(TestResult::getName)
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(TestList.tests());
        assertThat(results)
                .allSatisfy(
                        result -> assertThat(result.status()).as(text(result)).isEqualTo(Status.NORMAL));
    }

    @TestFactory
    Stream<DynamicTest> noRaceEndsInAWayThatIsForbidden() {
        return results(false)
                .map(result -> DynamicTest.dynamicTest(
                        result.getName(),
                        () -> assertThat(ReportUtils.statusToPassed(result))
                                .as(text(result))
                                .isTrue()));
    }

    @TestFactory
    Stream<DynamicTest> everyBrokenTwinDoes() {
        return results(true)
                .map(result -> DynamicTest.dynamicTest(
                        result.getName(),
                        () -> assertThat(result.grading().isPassed)
                                .as(text(result))
                                .isFalse()));
    }

    private static Stream<TestResult> results(boolean broken) {
        return results.stream().filter(result -> JcstressRun.isBroken(result.getName()) == broken);
    }

    /** Returns what JCStress says about a race. */
    private static String text(TestResult result) {
        StringWriter text = new StringWriter();
        ReportUtils.printResult(new PrintWriter(text, true), result, true);
        return text.toString();
    }
}
