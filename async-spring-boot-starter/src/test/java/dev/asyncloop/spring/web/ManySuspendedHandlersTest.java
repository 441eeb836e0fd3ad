package dev.asyncloop.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A handler that waits costs so little that a hundred thousand of them can. */
class ManySuspendedHandlersTest {

    private static final int HANDLERS = 100_000;

    private static final long LIMIT = 400_000_000;

    private static final Pattern ROUND = Pattern.compile("suspended (\\d+), heap (\\d+), rightly answered (\\d+)");

    @Test
    @Timeout(300)
    void aHundredThousandWaitInFourHundredMegabytesAndAreAllAnswered(@TempDir Path folder) throws Exception {
        String output = run(folder.resolve("output"));
        assertThat(output).contains("EVENT_LOOP");
        List<MatchResult> rounds = ROUND.matcher(output).results().toList();
        assertThat(rounds).as(output).isNotEmpty().allSatisfy(round -> {
            assertThat(round.group(1)).isEqualTo(String.valueOf(HANDLERS));
            assertThat(round.group(3)).isEqualTo(String.valueOf(HANDLERS));
        });
        assertThat(Long.parseLong(rounds.getLast().group(2))).as(output).isLessThanOrEqualTo(LIMIT);
    }

    private static String run(Path output) throws IOException, InterruptedException {
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx900m", // until the frames are compiled
                        "-XX:+UseSerialGC",
                        "-XX:+UseCompactObjectHeaders",
                        "-XX:Tier4InvocationThreshold=1000", // compiled the sooner
                        "-XX:Tier4MinInvocationThreshold=200",
                        "-XX:Tier4CompileThreshold=2000",
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ManySuspendedHandlers.class.getName(),
                        String.valueOf(HANDLERS),
                        String.valueOf(LIMIT),
                        "10")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(program.waitFor(280, TimeUnit.SECONDS)).isTrue();
        } finally {
            program.destroyForcibly();
        }
        return Files.readString(output);
    }
}
