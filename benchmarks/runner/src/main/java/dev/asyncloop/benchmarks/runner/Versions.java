package dev.asyncloop.benchmarks.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the applications consist of: read in what was built, so that it cannot differ. */
final class Versions {

    private static final Pattern INTERESTING = Pattern.compile(
            "(spring-boot|spring-webflux|spring-webmvc|reactor-netty-http|netty-transport|vertx-web|micronaut-http-server-netty"
                    + "|tomcat-embed-core)-(\\d[\\w.-]*)\\.jar");

    private static final int LIMIT_SECONDS = 20;

    private Versions() {}

    static Map<String, String> of(Settings settings) throws IOException, InterruptedException {
        Map<String, String> versions = new TreeMap<>();
        for (Peer peer : settings.chosen()) {
            Path directory = settings.peers().resolve(peer.application());
            if (peer.isJava()) {
                String libraries = String.join(", ", libraries(directory.resolve("target")));
                versions.put(peer.application(), libraries);
            } else {
                versions.put(peer.application(), tornado(settings));
            }
        }
        versions.put("JDK", Runtime.version() + " (" + System.getProperty("java.vendor") + ")");
        return versions;
    }

    private static List<String> libraries(Path target) throws IOException {
        try (JarFile jar = new JarFile(target.resolve("app.jar").toFile())) {
            List<String> names = Files.isDirectory(target.resolve("lib"))
                    ? files(target.resolve("lib"))
                    : jar.stream()
                            .map(entry -> entry.getName().replaceAll(".*/", ""))
                            .toList();
            return names.stream()
                    .map(INTERESTING::matcher)
                    .filter(Matcher::matches)
                    .map(found -> found.group(1) + " " + found.group(2))
                    .distinct()
                    .sorted()
                    .toList();
        }
    }

    private static List<String> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static String tornado(Settings settings) throws IOException, InterruptedException {
        String program = "import sys, tornado; print(tornado.version, 'on Python', sys.version.split()[0], end='')";
        return "Tornado "
                + Children.run(
                        settings.loadCpus(),
                        List.of(settings.python(), "-c", program),
                        LIMIT_SECONDS,
                        settings.scratch().resolve("python.log"));
    }
}
