package dev.asyncloop.spring.porting;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRange;
import org.springframework.util.ClassUtils;
import org.springframework.util.MultiValueMap;
import org.springframework.web.util.HtmlUtils;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** What {@code httputil}, {@code escape}, {@code options} and {@code util} are for. */
class UtilityCasesTest {

    @Test
    void headersAreAMultiMapWhoseNamesHaveNoCase() {
        HttpHeaders headers = new HttpHeaders();
        headers.add("foo", "bar");
        headers.add("Foo", "baz");
        headers.set("QUUX", "xyzzy");
        assertThat(headers.get("FOO")).containsExactly("bar", "baz");
        assertThat(headers.getFirst("quux")).isEqualTo("xyzzy");
        assertThat(headers.headerNames()).hasSize(2);
    }

    @Test
    void timesOfHeadersAreFormattedAndParsed() {
        HttpHeaders headers = new HttpHeaders();
        headers.setLastModified(Instant.ofEpochSecond(1_359_312_200));
        assertThat(headers.getFirst(HttpHeaders.LAST_MODIFIED)).isEqualTo("Sun, 27 Jan 2013 18:43:20 GMT");
        assertThat(headers.getLastModified()).isEqualTo(1_359_312_200_000L);
    }

    @Test
    void rangesHostsAndQueriesAreParsed() {
        assertThat(HttpRange.parseRanges("bytes=0-9,-4")).hasToString("[0-9, -4]");
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.HOST, "[::1]:8888");
        assertThat(headers.getHost()).extracting(InetSocketAddress::getPort).isEqualTo(8888);
        MultiValueMap<String, String> query =
                UriComponentsBuilder.fromUriString("?a=1&b=2&a=3").build().getQueryParams();
        assertThat(query.get("a")).containsExactly("1", "3");
    }

    @Test
    void textIsEscapedForUrlsAndPages() {
        assertThat(UriUtils.encode("a b&é", StandardCharsets.UTF_8)).isEqualTo("a%20b%26%C3%A9");
        assertThat(UriUtils.decode("a%20b%26%C3%A9", StandardCharsets.UTF_8)).isEqualTo("a b&é");
        assertThat(HtmlUtils.htmlEscape("<foo> \"bar\" & 'baz'"))
                .isEqualTo("&lt;foo&gt; &quot;bar&quot; &amp; &#39;baz&#39;");
        assertThat(HtmlUtils.htmlUnescape("&lt;foo&gt; &#39;&amp;")).isEqualTo("<foo> '&");
    }

    @Test
    void jsonEscapesASlashIfWanted() {
        assertThat(JsonMapper.shared().writeValueAsString("</script>")).isEqualTo("\"</script>\"");
        assertThat(JsonMapper.builder()
                        .enable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
                        .build()
                        .writeValueAsString("</script>"))
                .isEqualTo("\"<\\/script>\"");
    }

    @Test
    void aClassIsFoundByItsName() throws Exception {
        assertThat(ClassUtils.forName("java.util.List", null)).isEqualTo(List.class);
        assertThat(ClassUtils.isPresent("no.such.Type", null)).isFalse();
    }

    record Options(int port, Duration timeout, List<String> names) {}

    @Test
    void optionsAreTyped() {
        MapConfigurationPropertySource source = new MapConfigurationPropertySource();
        source.put("my.port", "80");
        source.put("my.timeout", "1m");
        source.put("my.names", "a,b");
        assertThat(new Binder(source).bind("my", Options.class).get())
                .isEqualTo(new Options(80, Duration.ofMinutes(1), List.of("a", "b")));
    }
}
