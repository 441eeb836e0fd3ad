package dev.asyncloop.demo;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the URLs that users give. Which addresses may be fetched is decided where they are resolved, not here. */
final class WatchUrl {

    static final int MAX_LENGTH = 2_000;

    private static final String EXAMPLE = "write it as https://example.org/path";

    private WatchUrl() {}

    /**
     * Returns the URL in the form in which equal ones are equal: lower-case scheme and host, no default port, at least
     * {@code /} as path, no fragment.
     * @param field where it was given, for the message
     * @throws InvalidInputException if it cannot be watched
     */
    static URI parse(String field, @Nullable String text) {
        if (text == null || text.isBlank()) {
            throw new InvalidInputException(field, "is missing", EXAMPLE);
        }
        if (text.length() > MAX_LENGTH) {
            throw new InvalidInputException(
                    field,
                    text,
                    "has " + text.length() + " characters",
                    "at most " + String.format(Locale.ROOT, "%,d", MAX_LENGTH) + " are allowed");
        }
        URI uri = syntax(field, text);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new InvalidInputException(field, text, "is neither http nor https", EXAMPLE);
        }
        if (uri.getHost() == null) {
            throw new InvalidInputException(field, text, "names no host", EXAMPLE + ", the host in ASCII");
        }
        if (uri.getRawUserInfo() != null) {
            throw new InvalidInputException(
                    field, "carries a user name", "leave it out: everybody who opens the board would see it");
        }
        if (uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw new InvalidInputException(field, text, "has no valid port", "use one from 1 to 65535");
        }
        return normal(scheme, uri);
    }

    private static URI syntax(String field, String text) {
        try {
            return new URI(text.strip());
        } catch (URISyntaxException ex) {
            throw new InvalidInputException(
                    field, text, "is not a URL (" + ex.getReason() + ")", EXAMPLE + ", spaces and the like as %20");
        }
    }

    private static URI normal(String scheme, URI uri) {
        int port = uri.getPort();
        boolean defaultPort = port == -1 || port == (scheme.equals("http") ? 80 : 443);
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return URI.create(scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + (defaultPort ? "" : ":" + port)
                + path + query);
    }
}
