package dev.asyncloop.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class WatchUrlTest {

    @ParameterizedTest
    @CsvSource({
        "https://example.org,                https://example.org/",
        "HTTPS://Example.ORG:443/A?q=%20#part, https://example.org/A?q=%20",
        "http://example.org:80/,             http://example.org/",
        "http://example.org:8080/a/../b,     http://example.org:8080/a/../b",
        "http://[2001:DB8::1]/,              http://[2001:db8::1]/",
    })
    void bringsEqualUrlsIntoOneForm(String given, String expected) {
        assertThat(WatchUrl.parse("url", given)).hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ftp://example.org/          | 'url' \"ftp://example.org/\" is neither http nor https; write it as",
                "javascript:alert(1)         | is neither http nor https",
                "example.org                 | is neither http nor https",
                "file:///etc/passwd          | is neither http nor https",
                "http:///path                | names no host",
                "http:path                   | names no host",
                "https://münchen.example/    | names no host; write it as https://example.org/path, the host in ASCII",
                "https://exa mple.org/       | is not a URL (Illegal character in authority",
                "https://user:secret@host/   | 'url' carries a user name; leave it out",
                "https://example.org:0/      | has no valid port; use one from 1 to 65535",
                "https://example.org:70000/  | has no valid port",
            })
    void refusesWhatCannotBeWatchedAndSaysWhy(String given, String detail) {
        assertThat(refusalOf(given)).contains(detail);
    }

    @Test
    void keepsPasswordsOutOfTheMessage() {
        assertThat(refusalOf("https://user:secret@host/")).doesNotContain("secret");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "  "})
    void refusesNothing(String given) {
        assertThat(refusalOf(given)).isEqualTo("'url' is missing; write it as https://example.org/path");
    }

    @Test
    void takesTwoThousandCharactersAndNotOneMore() {
        String longest = "https://example.org/" + "a".repeat(1_980);
        assertThat(WatchUrl.parse("url", longest)).hasToString(longest);
        assertThat(refusalOf(longest + "a"))
                .endsWith("aaa…\" has 2001 characters; at most 2,000 are allowed")
                .hasSizeLessThan(200);
    }

    private static String refusalOf(String given) {
        return assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> WatchUrl.parse("url", given))
                .actual()
                .getBody()
                .getDetail();
    }
}
