package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of RFC 3986, sections 5.4.1 and 5.4.2, and what they leave out. */
class UriReferenceTest {

    private static final URI BASE = URI.create("http://a/b/c/d;p?q");

    @ParameterizedTest
    @CsvSource({
        "g:h, g:h",
        "g, http://a/b/c/g",
        "./g, http://a/b/c/g",
        "g/, http://a/b/c/g/",
        "/g, http://a/g",
        "//g, http://g",
        "?y, http://a/b/c/d;p?y",
        "g?y, http://a/b/c/g?y",
        "'#s', http://a/b/c/d;p?q#s",
        "g#s, http://a/b/c/g#s",
        "g?y#s, http://a/b/c/g?y#s",
        ";x, http://a/b/c/;x",
        "g;x, http://a/b/c/g;x",
        "g;x?y#s, http://a/b/c/g;x?y#s",
        "'', http://a/b/c/d;p?q",
        "., http://a/b/c/",
        "./, http://a/b/c/",
        ".., http://a/b/",
        "../, http://a/b/",
        "../g, http://a/b/g",
        "../.., http://a/",
        "../../, http://a/",
        "../../g, http://a/g"
    })
    void normalExamples(String reference, String target) {
        assertThat(UriReference.resolve(BASE, reference)).isEqualTo(target);
    }

    @ParameterizedTest
    @CsvSource({
        "../../../g, http://a/g",
        "../../../../g, http://a/g",
        "/./g, http://a/g",
        "/../g, http://a/g",
        "g., http://a/b/c/g.",
        ".g, http://a/b/c/.g",
        "g.., http://a/b/c/g..",
        "..g, http://a/b/c/..g",
        "./../g, http://a/b/g",
        "./g/., http://a/b/c/g/",
        "g/./h, http://a/b/c/g/h",
        "g/../h, http://a/b/c/h",
        "g;x=1/./y, http://a/b/c/g;x=1/y",
        "g;x=1/../y, http://a/b/c/y",
        "g?y/./x, http://a/b/c/g?y/./x",
        "g?y/../x, http://a/b/c/g?y/../x",
        "g#s/./x, http://a/b/c/g#s/./x",
        "g#s/../x, http://a/b/c/g#s/../x",
        "http:g, http:g"
    })
    void abnormalExamples(String reference, String target) {
        assertThat(UriReference.resolve(BASE, reference)).isEqualTo(target);
    }

    @ParameterizedTest
    @CsvSource({
        "http://a, g, http://a/g",
        "http://a?q, g, http://a/g",
        "http://a?q, '', http://a?q",
        "http://a/b//c/, ../g, http://a/b//g",
        "http://a/b, //c/./d, http://c/d",
        "http://a/b, https://c/x/../d?e, https://c/d?e",
        "http://a/b, mailto:../x, mailto:x",
        "http://a/b, x:..., x:...",
        "http://a/b, x:.., x:",
    })
    void others(String base, String reference, String target) {
        assertThat(UriReference.resolve(URI.create(base), reference)).isEqualTo(target);
    }

    @Test
    void aLongOneTakesNoLongTime() {
        String steps = "/a/.".repeat(100_000) + "/..".repeat(50_000);
        String target = Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> UriReference.resolve(BASE, steps + "/b"));
        assertThat(target).isEqualTo("http://a" + "/a".repeat(50_000) + "/b");
    }
}
