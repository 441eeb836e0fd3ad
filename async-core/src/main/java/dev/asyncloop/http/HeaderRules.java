package dev.asyncloop.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What may stand in the headers of a request; RFC 9110 and 6265. */
final class HeaderRules {

    private static final Set<String> FRAMING = Set.of("content-length", "transfer-encoding");

    private static final String SEPARATORS = "\"(),/:;<=>?@[\\]{}";

    private static final String NOT_IN_A_COOKIE = "\",;\\";

    private HeaderRules() {}

    static Map.Entry<String, String> check(String name, String value) {
        if (!isToken(name)) {
            throw new IllegalArgumentException(
                    "Header name '" + printable(name) + "' is not valid; use letters, digits and hyphens");
        }
        if (!isHeaderValue(value)) {
            throw new IllegalArgumentException("Header '" + name + "' has "
                    + (Redirects.isCredential(name) ? "a value" : "the value '" + printable(value) + "'")
                    + " with characters that a header can't carry (line breaks and other controls, or beyond"
                    + " Latin-1); encode or remove them");
        }
        if (FRAMING.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("Header '" + name + "' with the value '" + value
                    + "' can't be set: the client derives it from the body, as the next request on the connection"
                    + " depends on it; leave it out");
        }
        if (name.equalsIgnoreCase("Proxy-Authorization")) {
            throw new IllegalArgumentException("Header 'Proxy-Authorization' can't be set, as the server would see what"
                    + " is for the proxy; give the client's ProxyOptions the credentials");
        }
        if (name.equalsIgnoreCase("Upgrade")) {
            throw new IllegalArgumentException("Header '" + name + "' with the value '" + value
                    + "' can't be set: what follows would be no response; use a WebSocket for that, or leave it out");
        }
        return Map.entry(name, value);
    }

    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= 32 || c >= 127 || SEPARATORS.indexOf(c) >= 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static boolean isHeaderValue(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' && c != '\t' || c == 127 || c >= 256) {
                return false;
            }
        }
        return true;
    }

    static String printable(String text) {
        return text.replace("\r", "\\r").replace("\n", "\\n").replace("\0", "\\0");
    }

    static boolean lacks(List<Map.Entry<String, String>> headers, String name) {
        for (Map.Entry<String, String> header : headers) {
            if (header.getKey().equalsIgnoreCase(name)) {
                return false;
            }
        }
        return true;
    }

    /** Returns {@code name=value}. */
    static String cookie(String name, String value) {
        if (!isToken(name)) {
            throw new IllegalArgumentException(
                    "Cookie name '" + printable(name) + "' is not valid; use letters, digits and hyphens");
        }
        if (!value.chars().allMatch(c -> c > ' ' && c < 127 && NOT_IN_A_COOKIE.indexOf(c) < 0)) {
            throw new IllegalArgumentException("Cookie '" + name + "' has a value with characters that a cookie can't"
                    + " carry (white space, quotes, commas, semicolons, backslashes, controls, or beyond ASCII); encode"
                    + " it as its server does, for example in percent or Base64 encoding");
        }
        return name + "=" + value;
    }

    /** Puts cookies into the one header that may have them, after those it has. */
    static void add(List<Map.Entry<String, String>> headers, String name, List<String> cookies) {
        String all = Stream.concat(
                        headers.stream()
                                .filter(header -> header.getKey().equalsIgnoreCase(name))
                                .map(Map.Entry::getValue),
                        cookies.stream())
                .collect(Collectors.joining("; "));
        headers.removeIf(header -> header.getKey().equalsIgnoreCase(name));
        headers.add(Map.entry(name, all));
    }
}
