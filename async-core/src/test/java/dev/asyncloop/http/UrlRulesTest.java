package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is looked at for each request, character by character, against the same rules as regular expressions and streams. */
class UrlRulesTest {

    private static final int MANY = 20_000;

    private static final Pattern VARIABLE = Pattern.compile("\\{[^/?{}]*}");

    private static final Pattern IN_URL = Pattern.compile("^(?<scheme>[A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@");

    private static final Pattern PERHAPS_IN_URL =
            Pattern.compile("^(?<scheme>([A-Za-z][A-Za-z0-9+.-]*:(?=[/\\\\]))?[/\\\\]*)[^@]*:.*@", Pattern.DOTALL);

    private static final Pattern INTERNATIONAL_HOST = Pattern.compile(
            "^(?i:https?)://(?:[^/?#@]*+@)?+(?<host>[^/?#@:\\[\\]]*[^\\x00-\\x7f][^/?#@:\\[\\]]*)(?=[:/?#]|$)");

    private final Random random = new Random(7);

    /** Returns texts that are made of these pieces. */
    private List<String> texts(String... pieces) {
        return IntStream.range(0, MANY).mapToObj(i -> text(pieces)).toList();
    }

    private String text(String... pieces) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(9); left > 0; left--) {
            text.append(pieces[random.nextInt(pieces.length)]);
        }
        return text.toString();
    }

    @Test
    void theVariablesOfAUrl() {
        int[] counts = new int[4];
        for (String rest :
                texts("{", "}", "{a}", "{b c}", "{}", "/", "?", "a", ".", "..", "$1", "\\", "\n", "{\ud83d\ude00}")) {
            String url = "http://h/" + rest;
            List<String> variables =
                    VARIABLE.matcher(url).results().map(match -> match.group()).toList();
            counts[Math.min(variables.size(), 3)]++;
            int[] next = {0};
            String expected = VARIABLE.matcher(url).replaceAll(match -> "v" + next[0]++);
            Object[] values =
                    IntStream.range(0, variables.size()).mapToObj(i -> "v" + i).toArray();
            assertThat(expanded(url, values)).as(url).isEqualTo(checked(expected));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> UriTemplate.expand(url, Arrays.copyOf(values, values.length + 1)))
                    .withMessageContaining("has " + variables.size() + " variables");
        }
        assertThat(counts).as("how many URLs have 0, 1, 2, more variables").doesNotContain(0);
    }

    /** Returns the URL, or why it is none. */
    private static String expanded(String template, Object... values) {
        try {
            return UriTemplate.expand(template, values).toString();
        } catch (IllegalArgumentException ex) {
            return "no URL";
        }
    }

    private static String checked(String url) {
        try {
            return UriTemplate.check(url).toString();
        } catch (IllegalArgumentException ex) {
            return "no URL";
        }
    }

    @Test
    void stepsInThePath() {
        int refused = 0;
        for (String rest : texts("/", ".", "..", "{a}", "{a}", "?", "x")) {
            String url = "http://h/" + rest;
            Object[] values = VARIABLE.matcher(url)
                    .results()
                    .map(variable -> List.of("", ".", "..", "x").get(random.nextInt(4)))
                    .toArray();
            int[] next = {0};
            String expected =
                    VARIABLE.matcher(url).replaceAll(match -> Matcher.quoteReplacement((String) values[next[0]++]));
            boolean step = makesStep(url, expected);
            refused += step ? 1 : 0;
            assertThat(expanded(url, values))
                    .as(url + " with " + Arrays.toString(values))
                    .isEqualTo(step ? "no URL" : checked(expected));
        }
        assertThat(refused).isBetween(MANY / 100, MANY * 99 / 100);
    }

    private static boolean makesStep(String template, String expanded) {
        String[] segments = expanded.replaceFirst("\\?(?s:.*)", "").split("/");
        String[] written = template.replaceFirst("\\?(?s:.*)", "").split("/");
        return IntStream.range(0, segments.length)
                .anyMatch(i -> segments[i].matches("\\.\\.?") && !segments[i].equals(written[i]));
    }

    @Test
    void whatCouldBeCredentials() {
        int hidden = 0;
        for (String url : texts("http", "://", ":", "@", "/", "\\", "?", "#", "me", "secret", "\n", "é")) {
            String expected = PERHAPS_IN_URL
                    .matcher(IN_URL.matcher(url).replaceFirst("${scheme}"))
                    .replaceFirst("${scheme}***@");
            hidden += expected.equals(url) ? 0 : 1;
            assertThat(Credentials.shown(url)).isEqualTo(expected);
        }
        assertThat(hidden).isGreaterThan(MANY / 100);
    }

    @Test
    void hostsThatAreNotAscii() {
        int international = 0;
        for (String rest :
                texts("a", "b", ".", "@", ":", "/", "?", "#", "[", "]", "é", "~", "\u007f", "\u0080", "\ud83d")) {
            String url = "http://" + rest;
            if (INTERNATIONAL_HOST.matcher(url).find()) {
                international++;
                assertThat(hostInAscii(url)).as(url).isNotEqualTo(url);
            } else {
                assertThat(InternationalHosts.toAscii(url)).isSameAs(url);
            }
        }
        assertThat(international).isBetween(MANY / 100, MANY * 99 / 100);
    }

    private static String hostInAscii(String url) {
        try {
            return InternationalHosts.toAscii(url);
        } catch (IllegalArgumentException ex) {
            return "no name";
        }
    }

    @Test
    void everyCharacterOfAToken() {
        assertThat(HeaderRules.isToken("")).isFalse();
        for (char c = 0; c < 600; c++) {
            boolean expected = (c + "").matches("[A-Za-z0-9!#$%&'*+.^_`|~-]");
            assertThat(HeaderRules.isToken(c + "")).as("\\u%04x", (int) c).isEqualTo(expected);
            assertThat(HeaderRules.isToken("a" + c + "b")).isEqualTo(expected);
        }
    }

    @Test
    void everyCharacterOfAHeader() {
        List<Character> refused = new ArrayList<>();
        for (char c = 0; c < 600; c++) {
            try {
                HeaderRules.check("X-Name", "a" + c + "b");
            } catch (IllegalArgumentException ex) {
                refused.add(c);
            }
        }
        assertThat(refused)
                .isEqualTo(IntStream.range(0, 600)
                        .mapToObj(c -> (char) c)
                        .filter(c -> (c + "").matches("[\\x00-\\x08\\x0a-\\x1f\\x7f]") || c > 0xff)
                        .toList());
    }
}
