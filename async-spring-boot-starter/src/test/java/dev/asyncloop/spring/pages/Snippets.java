package dev.asyncloop.spring.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The snippets of a page, which stand in a test as well. */
final class Snippets {

    private Snippets() {}

    /** Asserts that a page has so many snippets of Java, and that all of them are in the source of a test. */
    static void assertCompiled(String page, int count, Class<?> test) throws IOException {
        String here =
                squeeze(Files.readString(Path.of("src/test/java", test.getName().replace('.', '/') + ".java")));
        List<String> snippets = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs", page)))
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(snippets)
                .hasSize(count)
                .allSatisfy(snippet -> assertThat(here).contains(squeeze(snippet)));
    }

    private static String squeeze(String text) {
        return text.replaceAll("\\s+", "").replace("staticclass", "class");
    }
}
