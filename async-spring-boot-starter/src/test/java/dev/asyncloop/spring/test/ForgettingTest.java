package dev.asyncloop.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Periodic;
import dev.asyncloop.testing.SteppedClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The snippets of {@code docs/testing.md} on applications: compiled here or beside, and the same there. */
@SpringBootTest
@TestClock(start = "2026-01-01T00:00:00Z")
class ForgettingTest {

    @Autowired
    private SteppedClock clock;

    @Autowired
    private Hits hits;

    @Test
    void forgetsAfterAnHour() {
        hits.add("a");
        clock.advance(Duration.ofMinutes(59));
        assertThat(hits.count()).isEqualTo(1);
        clock.advance(Duration.ofMinutes(1)); // @Periodic(every = "1h")
        assertThat(hits.count()).isZero();
    }

    /** Only ever touched on the loop. */
    static class Hits {

        private final IOLoop loop;

        private final Set<String> all = new HashSet<>();

        Hits(IOLoop loop) {
            this.loop = loop;
        }

        void add(String hit) {
            loop.runSync(() -> all.add(hit));
        }

        int count() {
            return loop.runSync(all::size);
        }

        @Periodic(every = "1h")
        void forget() {
            all.clear();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Hits.class)
    static class Application {}

    @Test
    void thePageShowsWhatIsCompiledHere() throws IOException {
        Path here = Path.of("src/test/java/dev/asyncloop/spring/test");
        StringBuilder tests = new StringBuilder();
        for (Class<?> test : List.of(ForgettingTest.class, TestClockMockTest.class)) {
            tests.append(squeeze(Files.readString(here.resolve(test.getSimpleName() + ".java"))));
        }
        tests.append(squeeze(Files.readString(here.resolve("PeriodicsOffTest.java")))
                .replace("classes=TimedApplication.class,", ""));
        String page = Files.readString(Path.of("../docs/testing.md"));
        List<String> snippets = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(page.substring(page.indexOf("\n## Spring Boot"), page.indexOf("\n### Slices")))
                .results()
                .map(found -> squeeze(found.group(1)))
                .toList();
        assertThat(snippets).hasSize(3).allSatisfy(snippet -> assertThat(tests).contains(snippet));
    }

    private static String squeeze(String text) {
        return text.replaceAll("\\s+|}\\s*$", "");
    }
}
