package dev.asyncloop.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who asks: a header of the request. {@code user:password@} in a URL is one, too, and nothing that is sent or shown as a
 * URL.
 */
final class Credentials {

    private static final Pattern IN_URL = Pattern.compile("^(?<scheme>[A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@");

    /** Rather too much: a path with a colon and an at sign looks the same. */
    private static final Pattern PERHAPS_IN_URL =
            Pattern.compile("^(?<scheme>([A-Za-z][A-Za-z0-9+.-]*:(?=[/\\\\]))?[/\\\\]*)[^@]*:.*@", Pattern.DOTALL);

    private Credentials() {}

    /** Returns the value of an {@code Authorization} header, or {@code null} if the URL has no credentials. */
    static @Nullable String basic(URI uri) {
        String info = uri.getUserInfo();
        if (info == null) {
            return null;
        }
        return encode(info.contains(":") ? info : info + ":");
    }

    static String basic(String user, String password) {
        if (user.contains(":")) {
            throw new IllegalArgumentException("The user's name of basic authentication has a colon at index "
                    + user.indexOf(':') + ", where the password would begin; use another name");
        }
        return encode(user + ":" + password);
    }

    private static String encode(String credentials) {
        return "Basic "
                + Base64.getEncoder()
                        .encodeToString(Normalizer.normalize(credentials, Normalizer.Form.NFC)
                                .getBytes(StandardCharsets.UTF_8));
    }

    static String bearer(String token) {
        if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new IllegalArgumentException("The bearer token is empty or has characters that a token can't have"
                    + " (white space, controls, or beyond ASCII); give it as it was issued, without `Bearer`");
        }
        return "Bearer " + token;
    }

    static URI strip(URI uri) {
        return uri.getRawUserInfo() == null ? uri : URI.create(strip(uri.toString()));
    }

    private static String strip(String url) {
        return IN_URL.matcher(url).replaceFirst("${scheme}");
    }

    /**
     * Returns a URL that need not be valid as a message may show it: without what could be credentials, also where their
     * characters should have been percent-encoded, and are taken for a path.
     */
    static String shown(String url) {
        if (url.indexOf('@') < 0) {
            return url;
        }
        return PERHAPS_IN_URL.matcher(strip(url)).replaceFirst("${scheme}***@");
    }
}
