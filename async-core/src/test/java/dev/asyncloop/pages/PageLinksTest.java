package dev.asyncloop.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Links between the README and the pages lead somewhere. */
class PageLinksTest {

    private static final Path ROOT = PageSnippets.page("").normalize();

    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s#]*)(?:#([^)\\s]*))?\\)");

    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    @Test
    void everyLinkLeadsToAPageAndItsHeading() throws IOException {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path page : pages()) {
            for (MatchResult link : LINK.matcher(prose(page)).results().toList()) {
                if (!link.group(1).contains(":")) {
                    links++;
                    if (!resolves(page, link.group(1), link.group(2))) {
                        broken.add(ROOT.relativize(page) + ": " + link.group());
                    }
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(links).isGreaterThan(10);
    }

    private static boolean resolves(Path page, String file, String heading) {
        Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        return Files.isRegularFile(target)
                && (heading == null || headings(target).contains(heading));
    }

    private static List<String> headings(Path page) {
        return HEADING.matcher(prose(page))
                .results()
                .map(found -> found.group(1).toLowerCase(Locale.ROOT))
                .map(title -> title.replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'))
                .toList();
    }

    /** Without code, where brackets and `#` mean something else. */
    private static String prose(Path page) {
        return PageSnippets.read(page).replaceAll("(?ms)^```.*?^```", "").replaceAll("`[^`\\n]*`", "");
    }
}
