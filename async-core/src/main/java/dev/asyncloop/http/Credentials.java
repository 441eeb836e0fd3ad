package dev.asyncloop.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What {@code user:password@} in a URL means: a header of the request, and nothing that is sent or shown as a URL. */
final class Credentials {

    private static final Pattern IN_URL = Pattern.compile("^(?<scheme>[A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@");

    private Credentials() {}

    /** Returns the value of an {@code Authorization} header, or {@code null} if the URL has no credentials. */
    static @Nullable String basic(URI uri) {
        String info = uri.getUserInfo();
        if (info == null) {
            return null;
        }
        String credentials = Normalizer.normalize(info.contains(":") ? info : info + ":", Normalizer.Form.NFC);
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    static URI strip(URI uri) {
        return uri.getRawUserInfo() == null ? uri : URI.create(strip(uri.toString()));
    }

    /** Takes the credentials out of a URL that need not be valid. */
    static String strip(String url) {
        return IN_URL.matcher(url).replaceFirst("${scheme}");
    }
}
