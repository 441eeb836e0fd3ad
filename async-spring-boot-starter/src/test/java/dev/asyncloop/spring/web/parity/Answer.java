package dev.asyncloop.spring.web.parity;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * All that a client sees, without what differs from one request to the next: the date, session ids, boundaries,
 * and the name of the version in paths.
 */
record Answer(int status, List<String> headers, String body, boolean complete) {

    private static final Pattern SESSION = Pattern.compile("SESSION=([0-9a-f-]{30,})");

    private static final String CHUNKED = "transfer-encoding: chunked";

    static Answer read(InputStream in, String version, Consumer<String> session) throws IOException {
        String all = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        SESSION.matcher(all).results().findFirst().ifPresent(found -> session.accept(found.group(1)));
        int end = all.indexOf("\r\n\r\n");
        List<String> lines = all.substring(0, end).lines().toList();
        List<String> headers = lines.stream()
                .skip(1)
                .map(line -> same(line, version))
                .filter(line -> !line.regionMatches(true, 0, "date:", 0, 5))
                .sorted()
                .toList();
        String rest = all.substring(end + 4);
        boolean chunked = headers.stream().anyMatch(CHUNKED::equalsIgnoreCase);
        return new Answer(
                Integer.parseInt(lines.getFirst().split(" ")[1]),
                headers,
                utf8(same(chunked ? unchunked(rest) : rest, version)),
                !chunked || rest.endsWith("0\r\n\r\n") || rest.isEmpty());
    }

    private static String same(String text, String version) {
        return SESSION.matcher(text.replace(version + "/", "version/"))
                .replaceAll("SESSION=some")
                .replaceAll("boundary=[^,\\s]+|--[\\w-]{30,}", "some boundary");
    }

    private static String unchunked(String body) {
        StringBuilder content = new StringBuilder();
        for (int at = 0; at < body.length(); ) {
            int line = body.indexOf("\r\n", at);
            int size = line < 0 ? 0 : Integer.parseInt(body.substring(at, line), 16);
            if (size == 0) {
                break;
            }
            content.append(body, line + 2, line + 2 + size);
            at = line + 2 + size + 2;
        }
        return content.toString();
    }

    private static String utf8(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
