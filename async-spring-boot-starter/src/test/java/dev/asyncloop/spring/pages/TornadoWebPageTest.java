package dev.asyncloop.spring.pages;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.spring.Coroutine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The page for who comes from Tornado's web side: its snippet is this one, its rows are whole, its links lead somewhere. */
class TornadoWebPageTest {

    private static final Path HERE = Path.of("src/test/java/dev/asyncloop/spring/pages/TornadoWebPageTest.java");

    private static final Path DOCS = Path.of("../docs");

    private static final Path PAGE = DOCS.resolve("coming-from-tornado-web.md");

    @RestController
    static class Greet {

        private final AsyncHttpClient http;

        Greet(AsyncHttpClient http) {
            this.http = http;
        }

        @Coroutine
        @GetMapping("/greet/{name:\\w+}")
        Map<String, String> get(
                @PathVariable String name, @RequestParam(defaultValue = "1") int count, ServerHttpResponse response) {
            String greeting = await(http.fetch("https://a.example/" + name)).text();
            response.getHeaders().set("X-Count", String.valueOf(count));
            return Map.of("greeting", greeting.repeat(count));
        }
    }

    @Test
    void itsSnippetIsCompiledHere() throws IOException {
        String here = squeeze(Files.readString(HERE));
        assertThat(found(PAGE, "```java\\n(.*?)```"))
                .hasSize(1)
                .allSatisfy(snippet -> assertThat(here).contains(squeeze(snippet)));
    }

    private static List<String> found(Path page, String pattern) throws IOException {
        return Pattern.compile(pattern, Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(Files.readString(page))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static String squeeze(String text) {
        return text.replaceAll("\\s+", "").replace("staticclass", "class");
    }

    @Test
    void eachRowSaysWhatThereIsInstead() throws IOException {
        List<MatchResult> rows = Pattern.compile("^\\|([^|]+)\\|([^|]+)\\|([^|]*)\\|$", Pattern.MULTILINE)
                .matcher(Files.readString(PAGE))
                .results()
                .filter(row -> !row.group(1).startsWith("-"))
                .toList();
        assertThat(rows).hasSizeGreaterThan(100).allSatisfy(row -> {
            assertThat(row.group(1)).isNotBlank();
            assertThat(row.group(2)).isNotBlank();
        });
        assertThat(rows).hasSameSizeAs(found(PAGE, "^(\\| )"));
    }

    @Test
    void itsLinksLeadSomewhere() throws IOException {
        assertThat(found(PAGE, "(?:\\]\\(|^\\[\\w+\\]: )([\\w-]+\\.md)"))
                .isNotEmpty()
                .allSatisfy(link -> assertThat(DOCS.resolve(link)).exists());
        List<String> named = found(PAGE, "(?<![\\w`])\\[(\\w+)\\](?![(:])");
        assertThat(found(PAGE, "^\\[(\\w+)\\]: ")).containsExactlyInAnyOrderElementsOf(Set.copyOf(named));
    }
}
