package dev.asyncloop.spring.console;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;

/** The files of the page. They are read once, as nobody should read files on the loop. */
final class ConsoleFiles {

    private static final MimeType CSS = MimeTypeUtils.parseMimeType("text/css;charset=UTF-8");

    private static final MimeType SCRIPT = MimeTypeUtils.parseMimeType("text/javascript;charset=UTF-8");

    private static final MimeType SVG = MimeTypeUtils.parseMimeType("image/svg+xml");

    private static final Map<String, MimeType> NAMES = Map.ofEntries(
            Map.entry("console.css", CSS),
            Map.entry("icon.svg", SVG),
            Map.entry("console.js", SCRIPT),
            Map.entry("endpoint.js", SCRIPT),
            Map.entry("format.js", SCRIPT),
            Map.entry("rows.js", SCRIPT),
            Map.entry("chart.js", SCRIPT),
            Map.entry("loop.js", SCRIPT),
            Map.entry("coroutines.js", SCRIPT),
            Map.entry("periodics.js", SCRIPT),
            Map.entry("meters.js", SCRIPT));

    private static final String PAGE = "console.html";

    private final String page;

    private final Map<String, Text> texts;

    private ConsoleFiles(String page, Map<String, Text> texts) {
        this.page = page;
        this.texts = texts;
    }

    static ConsoleFiles load() {
        Map<String, Text> texts = new HashMap<>();
        NAMES.forEach((name, type) -> texts.put(name, new Text(read(name), type)));
        return new ConsoleFiles(read(PAGE), Map.copyOf(texts));
    }

    private static String read(String name) {
        try (InputStream stream = ConsoleFiles.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new FileNotFoundException("The console's " + name + " is not on the class path");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    String page(ConsoleLinks links) {
        return page.replace("{own}", links.own()).replace("{endpoints}", links.attributes());
    }

    @Nullable
    Text find(String name) {
        return texts.get(name);
    }

    /** A file. */
    record Text(String content, MimeType type) {}

    /** What a native image has to take along. */
    static final class Hints implements RuntimeHintsRegistrar {

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
            hints.resources().registerPattern("dev/asyncloop/spring/console/*");
        }
    }
}
