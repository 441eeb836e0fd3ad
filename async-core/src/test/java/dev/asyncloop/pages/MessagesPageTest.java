package dev.asyncloop.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The messages of {@code docs/troubleshooting.md} are those of the sources, all of them, and the tests that provoke them
 * exist.
 */
class MessagesPageTest {

    private static final Path PAGE = Path.of("../docs/troubleshooting.md");

    private static final List<String> MODULES = List.of("async-core", "async-spring-boot-starter");

    private static final Pattern TEST = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private static final Pattern LITERALS =
            Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"(?:\\s*\\+\\s*\"((?:[^\"\\\\\\n]|\\\\.)*)\")*");

    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"");

    /** A misuse, or what is wrong and nobody may overlook. */
    private static final Pattern SAID = Pattern.compile(
            "new (?:\\w*MisuseException|IllegalStateException|\\w+FullException|LoopClosedException|TooLongError)\\("
                    + "|\\blog\\.(?:warn|error)\\(|\\bLOG\\.(?:warn|error)\\(|SafeLog\\.(?:warn|error)\\(");

    /** Nobody's misuse: what the loop's own parts say to each other, or to whoever changes them. The watchdog has a table. */
    private static final List<String> OWN = List.of(
            "/internal/",
            "/SlowCallbackReport.java",
            "/security/MethodSecurityDetector.java",
            "/stream/OutgoingStream.java",
            "/stream/RequestStream.java",
            "/http/Delivery.java",
            "/http/Slots.java",
            "/websocket/Wire.java",
            "/blocking/BlockingInterceptor.java",
            "/web/CoroutineHandlerMethod.java",
            "/web/ImmediateValue.java",
            "/websocket/WebSocketHandlerMapping.java");

    private static final List<String> OWN_TEXTS = List.of(
            "Exception in {} of '{}'",
            "'{}' did not end in order",
            "No HandlerAdapter: ", // in Spring's own words
            "No HandlerResultHandler for ",
            "500 Server Error for ",
            ", but ServerHttpResponse already committed (",
            "because the HTTP response has already been committed",
            "is a suspending function" // of Kotlin, which the tests do not have
            );

    private static Map<Path, String> sources(String kind) throws IOException {
        Map<Path, String> sources = new TreeMap<>();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src", kind, "java"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    sources.put(file, Files.readString(file));
                }
            }
        }
        return sources;
    }

    /** Returns the messages of the page: what stands as code in the first column of its tables of messages. */
    private static List<String> messages() throws IOException {
        List<String> messages = new ArrayList<>();
        boolean inTable = false;
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("| The message |") || line.startsWith("| The line |")) {
                inTable = true;
            } else if (!line.startsWith("|")) {
                inTable = false;
            } else if (inTable && !line.startsWith("|---")) {
                CODE.matcher(line.substring(0, line.indexOf(" |", 2)))
                        .results()
                        .map(code -> code.group(1))
                        .filter(code -> !code.matches("\\w+Exception"))
                        .forEach(messages::add);
            }
        }
        return messages;
    }

    private static List<String> parts(String message) {
        return Arrays.stream(message.split("…|\\{}"))
                .map(String::strip)
                .filter(part -> part.length() > 3)
                .toList();
    }

    /** Returns the text that a source has in quotes; what is put together from several pieces in one. */
    private static String texts(String source) {
        StringBuilder texts = new StringBuilder();
        for (MatchResult literals : LITERALS.matcher(source).results().toList()) {
            LITERAL.matcher(literals.group()).results().forEach(one -> texts.append(one.group(1)));
            texts.append('\n');
        }
        return texts.toString().replace("\\\"", "\"").replace("\\n", "\n");
    }

    private static boolean hasInOrder(String texts, List<String> parts) {
        int at = 0;
        for (String part : parts) {
            int found = texts.indexOf(part, at);
            if (found < 0) {
                return false;
            }
            at = found + part.length();
        }
        return true;
    }

    @Test
    void everyMessageOfThePageIsOneOfTheSources() throws IOException {
        List<String> texts =
                sources("main").values().stream().map(MessagesPageTest::texts).toList();
        List<String> messages = messages();
        assertThat(messages).hasSizeGreaterThan(130);
        assertThat(messages).allSatisfy(message -> {
            assertThat(parts(message)).as(message).isNotEmpty();
            assertThat(texts).as(message).anyMatch(text -> hasInOrder(text, parts(message)));
        });
    }

    @Test
    void everyMisuseOfTheSourcesIsOnThePage() throws IOException {
        List<String> parts = messages().stream()
                .flatMap(message -> parts(message).stream())
                .filter(part -> part.length() > 8)
                .toList();
        List<String> missing = new ArrayList<>();
        sources("main").forEach((file, source) -> {
            if (OWN.stream().noneMatch(file.toString()::contains)) {
                SAID.matcher(source)
                        .results()
                        .map(said -> texts(statement(source, said.end())))
                        .filter(text -> text.strip().length() > 8)
                        .filter(text -> OWN_TEXTS.stream().noneMatch(text::contains))
                        .filter(text -> parts.stream().noneMatch(text::contains))
                        .forEach(text -> missing.add(file.getFileName() + ": " + text));
            }
        });
        assertThat(missing)
                .as("messages without a row in docs/troubleshooting.md: add one, with the test that provokes it")
                .isEmpty();
    }

    /** Returns what is between the parenthesis that has just been opened and the one that closes it. */
    private static String statement(String source, int start) {
        int open = 1;
        boolean quoted = false;
        for (int i = start; i < source.length(); i++) {
            char c = source.charAt(i);
            if (c == '"' && source.charAt(i - 1) != '\\') {
                quoted = !quoted;
            } else if (!quoted && c == '(') {
                open++;
            } else if (!quoted && c == ')' && --open == 0) {
                return source.substring(start, i);
            }
        }
        return source.substring(start);
    }

    @Test
    void everyKindOfMisuseIsNamed() throws IOException {
        List<String> kinds = sources("main").keySet().stream()
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .filter(name -> name.endsWith("MisuseException") || name.endsWith("FailureAnalyzer"))
                .toList();
        assertThat(kinds).hasSizeGreaterThan(7);
        assertThat(Files.readString(PAGE)).contains(kinds);
    }

    @Test
    void theTestsThatItNamesExist() throws IOException {
        Map<Path, String> tests = sources("test");
        List<MatchResult> named = TEST.matcher(Files.readString(PAGE)).results().toList();
        assertThat(named).hasSizeGreaterThan(150);
        assertThat(named)
                .allSatisfy(test -> assertThat(tests.entrySet())
                        .as(test.group())
                        .anyMatch(entry -> entry.getKey().endsWith(test.group(1) + ".java")
                                && entry.getValue().contains(" void " + test.group(2) + "(")));
    }

    @Test
    void everyRowNamesATest() throws IOException {
        boolean inTable = false;
        List<String> without = new ArrayList<>();
        for (String line : Files.readAllLines(PAGE)) {
            inTable = line.startsWith("|") && (inTable || line.contains("| Provoked by |"));
            if (inTable && !line.contains("| Provoked by |") && !line.startsWith("|---")) {
                if (!TEST.matcher(line.substring(line.lastIndexOf(" | "))).find()) {
                    without.add(line);
                }
            }
        }
        assertThat(without).isEmpty();
    }
}
