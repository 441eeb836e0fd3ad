package dev.asyncloop.spring.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TimeLimit;
import dev.asyncloop.spring.web.RequestTimeLimitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The snippets of the page on limits: compiled here, and the same there. */
class LimitsPageTest {

    private static final Path HERE = Path.of("src/test/java/dev/asyncloop/spring/pages/LimitsPageTest.java");

    record Query(String text) {}

    record Report(String text) {}

    interface Reports {

        Report of(Query query);
    }

    @RestController
    @Coroutine
    static class ReportController {

        private final Reports reports;

        ReportController(Reports reports) {
            this.reports = reports;
        }

        @TimeLimit("${reports.limit:2s}")
        @PostMapping("/reports")
        Report report(@RequestBody Query query) {
            return reports.of(query);
        }

        @ExceptionHandler
        ResponseEntity<String> tooLate(RequestTimeLimitException failure) {
            return ResponseEntity.status(503).body("not within " + failure.limit());
        }
    }

    @Test
    void thePageShowsWhatIsCompiledHere() throws IOException {
        String here = squeeze(Files.readString(HERE));
        List<String> snippets = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/limits.md")))
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(snippets).hasSize(2).allSatisfy(snippet -> assertThat(here).contains(squeeze(snippet)));
    }

    private static String squeeze(String text) {
        return text.replaceAll("\\s+", "");
    }
}
