package dev.asyncloop.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each of Tornado's cases, and each known pitfall, has a test or a reason why it has none. */
class CaseTableTest {

    /**
     * IOLoop; PeriodicCallback; coroutines; locks; queues; HTTP client; HTTP server; web; WebSocket; process and testing. The
     * numbers between them are of no case.
     */
    private static final List<String> TORNADO = numbers(
            1, 2, 3, 5, 6, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21, //
            22, 23, 24, 25, 26, 30, 31, //
            33, 34, 35, 36, 38, 39, 40, 42, 43, 44, //
            45, 46, 47, 49, 50, 51, 52, 54, //
            56, 57, 59, 60, 61, //
            63, 64, 65, 66, 67, 69, 70, 72, 73, 75, 76, 78, 79, 80, 81, 82, 84, //
            86, 87, 88, 89, 90, //
            94, 95, 96, 97, 99, 100, 101, //
            102, 103, 105, 107, 108, 110, 113, 114, //
            115, 116, 118);

    /** Web; HTTP server; TCP; process; testing; debugging and utilities: each row of what these parts have. */
    private static final List<String> FEATURES = Stream.of(
                    features(8, 19),
                    features(9, 14),
                    features(10, 10),
                    features(11, 4),
                    features(12, 7),
                    features(13, 8))
            .flatMap(numbers -> numbers)
            .toList();

    /** Of other libraries on virtual threads; A1 to A11 and S1 to S9 were seen in experiments on the carrier. */
    private static final List<String> PITFALLS = Stream.of(
                    IntStream.rangeClosed(1, 28).mapToObj(String::valueOf),
                    IntStream.rangeClosed(1, 11).mapToObj(number -> "A" + number),
                    IntStream.rangeClosed(1, 9).mapToObj(number -> "S" + number))
            .flatMap(numbers -> numbers)
            .toList();

    private static Stream<String> features(int part, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(number -> part + "." + number);
    }

    private static List<String> numbers(int... numbers) {
        return IntStream.of(numbers).mapToObj(String::valueOf).toList();
    }

    private static CaseTable table(String name) throws IOException {
        try (InputStream in = CaseTableTest.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return CaseTable.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void everyCaseOfTornadosHasATestOrAReason() throws IOException {
        assertThat(table("tornado-cases.md").problems(TORNADO)).isEmpty();
    }

    @Test
    void everyFeatureOfTornadosAroundTheWebHasATestOrAReason() throws IOException {
        assertThat(table("tornado-features.md").problems(FEATURES)).isEmpty();
    }

    @Test
    void everyPitfallHasATestOrAReason() throws IOException {
        assertThat(table("pitfalls.md").problems(PITFALLS)).isEmpty();
    }

    @Test
    void aTableThatIsWrongIsNotTaken() {
        String table = """
                | # | what | test | remark |
                |---|---|---|---|
                | 1 | good | `EndTest#helloWorldAsInTornado`, `starter: web.OneLoopTest#everythingRunsOnOnePlatformThread` | |
                | 2 | good | not offered: because there is nothing like it here | |
                | 3 | no such method | `EndTest#noSuchMethod` | |
                | 4 | no such class | `NoSuchTest#helloWorldAsInTornado` | |
                | 5 | no test | `EndTest#threadsNamed` | |
                | 6 | no such test there | `starter: web.OneLoopTest#noSuchMethod` | |
                | 7 | no reason | not offered: why not | |
                | 8 | nothing | | |
                | 9 | to do | TODO | |
                | 11 | twice | cannot occur: for reasons that are given here | |
                | 11 | twice | cannot occur: for reasons that are given here | |
                | 12 | unknown | cannot occur: for reasons that are given here | |
                | 13 | | cannot occur: for reasons that are given here | |
                """;
        List<String> numbers = numbers(1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 14);
        assertThat(CaseTable.of(table).problems(numbers))
                .extracting(problem -> problem.substring(0, problem.indexOf(':')))
                .containsExactly("14", "3", "4", "5", "6", "7", "8", "9", "11", "12", "13");
        assertThatIllegalArgumentException().isThrownBy(() -> CaseTable.of("| 1 | too few |"));
    }
}
