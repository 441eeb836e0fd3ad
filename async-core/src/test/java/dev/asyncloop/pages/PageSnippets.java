package dev.asyncloop.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Keeps a page's Java to what tests compile. */
public final class PageSnippets {

    private PageSnippets() {}

    /**
     * Asserts that a page has so many blocks of Java, and that each of them stands in the source of these test classes.
     * White space does not count, nor that a nested class is static.
     */
    public static void assertShown(String page, int count, Class<?>... sources) {
        String compiled = Arrays.stream(sources)
                .map(PageSnippets::source)
                .map(PageSnippets::squeeze)
                .collect(Collectors.joining());
        assertThat(blocks(page, "java"))
                .hasSize(count)
                .allSatisfy(snippet -> assertThat(compiled).contains(squeeze(snippet)));
    }

    /** Returns a page's fenced blocks of this language. */
    static List<String> blocks(String page, String language) {
        return Pattern.compile("^```(.*?)\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(read(page(page)))
                .results()
                .filter(block -> block.group(1).equals(language))
                .map(block -> block.group(2))
                .toList();
    }

    static Path page(String page) {
        return Path.of("..").resolve(page);
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static String source(Class<?> test) {
        return read(Path.of("src/test/java", test.getName().replace('.', '/') + ".java"));
    }

    private static String squeeze(String text) {
        return text.replaceAll("\\s+", "").replaceAll("static(final)?class", "$1class");
    }
}
