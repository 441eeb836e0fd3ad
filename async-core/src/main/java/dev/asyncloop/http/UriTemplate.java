package dev.asyncloop.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts values into the variables of a URL, in order or by name. A value is encoded so that it stays one part of a path or a
 * query.
 */
final class UriTemplate {

    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private static final String NOWHERE = "http://nowhere.invalid";

    private static final UriMemo WITHOUT_VALUES = new UriMemo();

    private static final UriMemo UNDER_A_BASE = new UriMemo();

    private UriTemplate() {}

    static URI expand(String template, @Nullable Object... values) {
        if (values.length == 0) {
            return WITHOUT_VALUES.get(template, given -> check(expandInOrder(given)));
        }
        String expanded = values.length == 1 && values[0] instanceof Map<?, ?> named
                ? expandByName(template, named)
                : expandInOrder(template, values);
        refuseSteps(template, expanded);
        return check(expanded);
    }

    private static String expandInOrder(String template, @Nullable Object... values) {
        StringBuilder expanded = new StringBuilder(template.length());
        int count = 0;
        int end = 0;
        for (int start = nextVariable(template, 0); start >= 0; start = nextVariable(template, end)) {
            expanded.append(template, end, start);
            end = endOfVariable(template, start);
            String variable = template.substring(start, end);
            if (count == values.length) {
                throw new IllegalArgumentException(
                        "URL '" + Credentials.shown(template) + "' has more variables than the " + values.length
                                + " values given; give a value for " + variable);
            }
            expanded.append(replacement(template, variable, values[count++]));
        }
        if (count < values.length) {
            throw new IllegalArgumentException("URL '" + Credentials.shown(template) + "' has " + count
                    + " variables, but " + values.length + " values were given; write {name} where a value belongs");
        }
        return expanded.append(template, end, template.length()).toString();
    }

    private static String expandByName(String template, Map<?, ?> values) {
        StringBuilder expanded = new StringBuilder(template.length());
        Set<Object> unused = new LinkedHashSet<>(values.keySet());
        int end = 0;
        for (int start = nextVariable(template, 0); start >= 0; start = nextVariable(template, end)) {
            expanded.append(template, end, start);
            end = endOfVariable(template, start);
            String variable = template.substring(start, end);
            String name = variable.substring(1, variable.length() - 1);
            if (!values.containsKey(name)) {
                throw new IllegalArgumentException("URL '" + Credentials.shown(template) + "' has the variable "
                        + variable + ", and the map only " + values.keySet() + "; give a value for it");
            }
            unused.remove(name);
            expanded.append(replacement(template, variable, values.get(name)));
        }
        if (!unused.isEmpty()) {
            throw new IllegalArgumentException("URL '" + Credentials.shown(template) + "' has no variable for " + unused
                    + "; write {name} where a value belongs, or leave it out of the map");
        }
        return expanded.append(template, end, template.length()).toString();
    }

    /** Returns where the next variable begins: braces around what is neither brace nor slash nor question mark; or -1. */
    private static int nextVariable(String template, int from) {
        int start = template.indexOf('{', from);
        while (start >= 0 && endOfVariable(template, start) < 0) {
            start = template.indexOf('{', start + 1);
        }
        return start;
    }

    /** Returns where the variable that begins here has ended, or -1 if none does. */
    private static int endOfVariable(String template, int start) {
        for (int i = start + 1; i < template.length(); i++) {
            switch (template.charAt(i)) {
                case '}' -> {
                    return i + 1;
                }
                case '{', '/', '?' -> {
                    return -1;
                }
                default -> {}
            }
        }
        return -1;
    }

    private static String replacement(String template, String variable, @Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException("URL '" + Credentials.shown(template) + "' gets null for " + variable
                    + "; check the value, or give an empty string");
        }
        return encode(String.valueOf(value));
    }

    /** Appends parameters to the query. */
    static URI append(URI uri, List<Map.Entry<String, String>> parameters) {
        if (parameters.isEmpty()) {
            return uri;
        }
        StringBuilder url = new StringBuilder(uri.toString());
        String query = uri.getRawQuery();
        char separator = query == null ? '?' : '&';
        if (query != null && query.isEmpty()) {
            url.setLength(url.length() - 1);
            separator = '?';
        }
        for (Map.Entry<String, String> parameter : parameters) {
            url.append(separator).append(encode(parameter.getKey())).append('=').append(encode(parameter.getValue()));
            separator = '&';
        }
        return URI.create(url.toString());
    }

    /**
     * Returns a relative URL, appended to a base: the base's path stays, whether it ends with a slash or not.
     * @throws IllegalArgumentException if there is no base
     */
    static URI under(@Nullable URI base, URI relative) {
        if (base == null) {
            throw new IllegalArgumentException("URL '" + relative + "' is relative, and the client has no base for it;"
                    + " give it one with HttpClientOptions.withBaseUrl, or begin the URL with http:// or https://");
        }
        String root = base.toString();
        String url = (root.endsWith("/") && relative.toString().startsWith("/")
                        ? root.substring(0, root.length() - 1)
                        : root)
                + relative;
        return UNDER_A_BASE.get(url, URI::create);
    }

    /**
     * Makes a URL that others can be appended to.
     * @throws IllegalArgumentException if it is none
     */
    static URI checkBase(URI uri) {
        URI base = check(uri.toString());
        if (!base.isAbsolute() || base.getRawUserInfo() != null || base.getRawQuery() != null) {
            throw new IllegalArgumentException("The base URL '" + Credentials.shown(uri.toString())
                    + "' must have scheme and host, and neither credentials nor a query; give these as headers and"
                    + " with each request");
        }
        return base;
    }

    /** Encoding does not help against values that make a step up the path: servers read %2E%2E as what it means. */
    private static void refuseSteps(String template, String expanded) {
        if (!expanded.startsWith(".") && !expanded.contains("/.")) {
            return;
        }
        String[] segments = path(expanded).split("/");
        String[] written = path(template).split("/");
        for (int i = 0; i < segments.length; i++) {
            if ((segments[i].equals(".") || segments[i].equals("..")) && !segments[i].equals(written[i])) {
                throw new IllegalArgumentException("URL '" + Credentials.shown(template) + "' gets '" + segments[i]
                        + "' for " + written[i] + ", which is a step in the path and no part of it; check the value,"
                        + " or write the path without a variable");
            }
        }
    }

    private static String path(String url) {
        int end = url.indexOf('?');
        return end < 0 ? url : url.substring(0, end);
    }

    private static String encode(String value) {
        StringBuilder encoded = new StringBuilder();
        for (byte octet : value.getBytes(StandardCharsets.UTF_8)) {
            if (octet > 0 && UNRESERVED.indexOf(octet) >= 0) {
                encoded.append((char) octet);
            } else {
                encode(octet, encoded);
            }
        }
        return encoded.toString();
    }

    /** Appends {@code %XX}. */
    static void encode(byte octet, StringBuilder to) {
        to.append('%').append(HEX.toHighHexDigit(octet)).append(HEX.toLowHexDigit(octet));
    }

    /**
     * Makes a URL that can be fetched, in ASCII and without a fragment; or a relative one if it begins with {@code /} or
     * {@code ?}.
     * @throws IllegalArgumentException if it is none
     */
    static URI check(String url) {
        boolean relative = url.startsWith("/") && !url.startsWith("//") || url.startsWith("?");
        return relative
                ? URI.create(checkAbsolute(url, NOWHERE + url).toString().substring(NOWHERE.length()))
                : checkAbsolute(url, InternationalHosts.toAscii(url));
    }

    private static URI checkAbsolute(String given, String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException ex) {
            throw new IllegalArgumentException("URL '" + Credentials.shown(given) + "' is not valid: " + ex.getReason()
                    + " at index " + (ex.getIndex() - url.length() + given.length())
                    + "; percent-encode what is no part of a URL, or write {name} and"
                    + " give the value apart"); // without the cause, which shows credentials
        }
        if (!"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme())) {
            throw new IllegalArgumentException("URL '" + Credentials.shown(given)
                    + "' can't be fetched; it has to begin with http:// or https://");
        }
        if (uri.getHost() == null || uri.getPort() > 65_535 || uri.getPort() == 0) {
            throw new IllegalArgumentException(
                    "URL '" + Credentials.shown(given) + "' has no valid host and port; write http://host:port/path");
        }
        if (uri.getHost().contains("%")) {
            throw new IllegalArgumentException(
                    "URL '" + Credentials.shown(given) + "' has an address with a zone, which"
                            + " means something on one machine only; write the address without it, or a host name");
        }
        String ascii = uri.toASCIIString();
        int fragment = ascii.indexOf('#');
        if (fragment >= 0) {
            return URI.create(ascii.substring(0, fragment));
        }
        return ascii.length() == url.length() ? uri : URI.create(ascii);
    }
}
