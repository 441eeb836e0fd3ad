package dev.asyncloop.http;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a redirect makes of a request; Tornado's rules. */
final class Redirects {

    private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);

    private static final Set<String> CREDENTIALS = Set.of("authorization", "cookie", "proxy-authorization");

    private static final Set<String> OF_THE_BODY =
            Set.of("content-length", "content-type", "content-encoding", "transfer-encoding");

    private Redirects() {}

    /** Returns where a response sends us, or {@code null} if it is no redirect that can be followed. */
    static @Nullable URI target(URI from, int status, Headers headers) {
        String location = headers.first("Location");
        if (!STATUSES.contains(status) || location == null) {
            return null;
        }
        try {
            return UriTemplate.check(from.resolve(location).toString());
        } catch (IllegalArgumentException ex) {
            return null; // the response itself tells more than a made-up error
        }
    }

    /** Returns whether the request becomes a {@code GET} without a body. */
    static boolean becomesGet(int status, String method) {
        return status == 303 && !method.equals("HEAD") || (status == 301 || status == 302) && method.equals("POST");
    }

    /** Returns the headers for the next request: no credentials for another origin, nothing about a body it has not. */
    static List<Map.Entry<String, String>> headers(
            List<Map.Entry<String, String>> headers, boolean sameOrigin, boolean withoutBody) {
        return headers.stream()
                .filter(header -> {
                    String name = header.getKey().toLowerCase(Locale.ROOT);
                    return (sameOrigin || !CREDENTIALS.contains(name) && !name.equals("host"))
                            && (!withoutBody || !OF_THE_BODY.contains(name));
                })
                .toList();
    }

    /** Returns scheme, host and port. */
    static String origin(URI uri) {
        String scheme = Objects.requireNonNull(uri.getScheme()).toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return scheme + "://" + Objects.requireNonNull(uri.getHost()).toLowerCase(Locale.ROOT) + ":" + port;
    }
}
