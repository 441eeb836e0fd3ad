package dev.asyncloop.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts values into the variables of a URL, in order. A value is encoded so that it stays one part of a path or a query.
 */
final class UriTemplate {

    private static final Pattern VARIABLE = Pattern.compile("\\{[^/?{}]*}");

    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private UriTemplate() {}

    static URI expand(String template, Object... values) {
        Matcher matcher = VARIABLE.matcher(template);
        StringBuilder expanded = new StringBuilder();
        int count = 0;
        while (matcher.find()) {
            if (count == values.length) {
                throw new IllegalArgumentException(
                        "URL '" + Credentials.strip(template) + "' has more variables than the " + values.length
                                + " values given; give a value for " + matcher.group());
            }
            matcher.appendReplacement(expanded, Matcher.quoteReplacement(encode(String.valueOf(values[count++]))));
        }
        matcher.appendTail(expanded);
        if (count < values.length) {
            throw new IllegalArgumentException("URL '" + Credentials.strip(template) + "' has " + count
                    + " variables, but " + values.length + " values were given; write {name} where a value belongs");
        }
        refuseSteps(template, expanded.toString());
        return check(expanded.toString());
    }

    /** Encoding does not help against values that make a step up the path: servers read %2E%2E as what it means. */
    private static void refuseSteps(String template, String expanded) {
        String[] segments = path(expanded).split("/");
        String[] written = path(template).split("/");
        for (int i = 0; i < segments.length; i++) {
            if ((segments[i].equals(".") || segments[i].equals("..")) && !segments[i].equals(written[i])) {
                throw new IllegalArgumentException("URL '" + Credentials.strip(template) + "' gets '" + segments[i]
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
     * Makes a URL that can be fetched, in ASCII and without a fragment.
     * @throws IllegalArgumentException if it is none
     */
    static URI check(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException ex) {
            throw new IllegalArgumentException("URL '" + Credentials.strip(url) + "' is not valid: " + ex.getReason()
                    + " at index " + ex.getIndex() + "; percent-encode what is no part of a URL, or write {name} and"
                    + " give the value apart"); // without the cause, which shows credentials
        }
        if (!"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme())) {
            throw new IllegalArgumentException(
                    "URL '" + Credentials.strip(url) + "' can't be fetched; it has to begin with http:// or https://");
        }
        if (uri.getHost() == null || uri.getPort() > 65_535) {
            throw new IllegalArgumentException(
                    "URL '" + Credentials.strip(url) + "' has no valid host and port; write http://host:port/path");
        }
        String ascii = uri.toASCIIString();
        int fragment = ascii.indexOf('#');
        if (fragment >= 0) {
            return URI.create(ascii.substring(0, fragment));
        }
        return ascii.length() == url.length() ? uri : URI.create(ascii);
    }
}
