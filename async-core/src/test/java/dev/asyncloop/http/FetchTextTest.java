package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Which charset the text of a body is in. */
class FetchTextTest {

    private static final String TEXT = "h\u00e9llo \u20ac";

    private static String decode(String text, Charset charset, String contentType) {
        return FetchText.decode(text.getBytes(charset), contentType);
    }

    @Test
    void isUtf8UnlessSaidOtherwise() {
        assertThat(decode(TEXT, StandardCharsets.UTF_8, null)).isEqualTo(TEXT);
        assertThat(decode(TEXT, StandardCharsets.UTF_8, "text/plain")).isEqualTo(TEXT);
    }

    @Test
    void isSaidByTheContentType() {
        assertThat(decode("h\u00e9", StandardCharsets.ISO_8859_1, "text/plain; charset=ISO-8859-1"))
                .isEqualTo("h\u00e9");
        assertThat(decode(TEXT, Charset.forName("windows-1252"), "text/plain;charset=\"Windows-1252\""))
                .isEqualTo(TEXT);
        assertThat(decode(TEXT, StandardCharsets.UTF_16BE, "text/plain;charset=utf-16be"))
                .isEqualTo(TEXT);
    }

    @Test
    void isUtf8WhereItsNameIsUnknownOrNone() {
        assertThat(decode(TEXT, StandardCharsets.UTF_8, "text/plain; charset=klingon"))
                .isEqualTo(TEXT);
        assertThat(decode(TEXT, StandardCharsets.UTF_8, "text/plain; charset=no/name"))
                .isEqualTo(TEXT);
        assertThat(decode(TEXT, StandardCharsets.UTF_8, "text/plain; charset=")).isEqualTo(TEXT);
    }

    @Test
    void isSaidByAByteOrderMarkAboveAll() {
        String marked = "\ufeff" + TEXT;
        assertThat(decode(marked, StandardCharsets.UTF_8, "text/plain; charset=iso-8859-1"))
                .isEqualTo(TEXT);
        assertThat(decode(marked, StandardCharsets.UTF_16BE, null)).isEqualTo(TEXT);
        assertThat(decode(marked, StandardCharsets.UTF_16LE, "text/plain; charset=utf-8"))
                .isEqualTo(TEXT);
        assertThat(decode("\ufeff", StandardCharsets.UTF_8, null)).isEmpty();
    }
}
