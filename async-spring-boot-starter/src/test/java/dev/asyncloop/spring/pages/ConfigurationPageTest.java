package dev.asyncloop.spring.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page on configuration has every property, as the metadata describe it. */
class ConfigurationPageTest {

    private static final Path PAGE = Path.of("../docs/configuration.md");

    @Test
    void itsTablesAreThoseOfTheMetadata() throws IOException {
        String page = Files.readString(PAGE);
        String start = PropertyTables.MARKS.getFirst();
        String end = PropertyTables.MARKS.getLast();
        assertThat(page).contains(start, end);
        String made = page.substring(0, page.indexOf(start)) + start + "\n" + PropertyTables.all() + "\n"
                + page.substring(page.indexOf(end));
        if (Boolean.getBoolean("update.pages")) {
            Files.writeString(PAGE, made);
        } else {
            assertThat(page)
                    .as("docs/configuration.md is not what the properties have become; make it anew with"
                            + " ./mvnw -pl async-spring-boot-starter -am test -Dtest=ConfigurationPageTest"
                            + " -Dsurefire.failIfNoSpecifiedTests=false -Dupdate.pages=true")
                    .isEqualTo(made);
        }
    }
}
