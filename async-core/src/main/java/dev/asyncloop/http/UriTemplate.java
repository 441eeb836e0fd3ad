package dev.asyncloop.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts values into the variables of a URL, in order. A value is encoded so that it stays one part of a path or a query.
 */
final class UriTemplate {

    private static final Pattern VARIABLE = Pattern.compile("\\{[^/{}]*}");

    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private UriTemplate() {}

    static URI expand(String template, Object... values) {
        Matcher matcher = VARIABLE.matcher(template);
        StringBuilder expanded = new StringBuilder();
        int count = 0;
        while (matcher.find()) {
            if (count == values.length) {
                throw new IllegalArgumentException("URL '" + template + "' has more variables than the " + values.length
                        + " values given; give a value for " + matcher.group());
            }
            matcher.appendReplacement(expanded, Matcher.quoteReplacement(encode(String.valueOf(values[count++]))));
        }
        matcher.appendTail(expanded);
        if (count < values.length) {
            throw new IllegalArgumentException("URL '" + template + "' has " + count + " variables, but "
                    + values.length + " values were given; write {name} where a value belongs");
        }
        return check(expanded.toString());
    }

    private static String encode(String value) {
        StringBuilder encoded = new StringBuilder();
        for (byte octet : value.getBytes(StandardCharsets.UTF_8)) {
            if (octet > 0 && UNRESERVED.indexOf(octet) >= 0) {
                encoded.append((char) octet);
            } else {
                encoded.append('%').append(String.format("%02X", octet));
            }
        }
        return encoded.toString();
    }

    static URI check(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException ex) {
            throw new IllegalArgumentException(
                    "URL '" + url + "' is not valid: " + ex.getReason() + "; encode what is no part of a URL", ex);
        }
        if (!"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme())) {
            throw new IllegalArgumentException(
                    "URL '" + url + "' can't be fetched; it has to begin with http:// or https://");
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("URL '" + url + "' has no valid host; write http://host/path");
        }
        return uri;
    }
}
