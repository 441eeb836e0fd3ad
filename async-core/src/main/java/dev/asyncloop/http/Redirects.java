package dev.asyncloop.http;

import java.net.URI;
import java.util.ArrayList;
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

    private static final String NOT_IN_A_URL = "\"<>\\^`{|}";

    private Redirects() {}

    /** Returns where a response sends us, or {@code null} if it is no redirect that can be followed. */
    static @Nullable URI target(URI from, int status, Headers headers) {
        String location = STATUSES.contains(status) ? headers.first("Location") : null;
        if (location == null) {
            return null;
        }
        try {
            return UriTemplate.check(UriReference.resolve(from, encode(location.strip())));
        } catch (IllegalArgumentException ex) {
            return null; // the response itself tells more than a made-up error
        }
    }

    /** Servers send spaces and bytes that are no part of a URL; a byte of the header is one character here. */
    private static String encode(String location) {
        StringBuilder encoded = new StringBuilder(location.length());
        for (int i = 0; i < location.length(); i++) {
            char c = location.charAt(i);
            if (c <= ' ' || c >= 127 || NOT_IN_A_URL.indexOf(c) >= 0) {
                UriTemplate.encode((byte) c, encoded);
            } else {
                encoded.append(c);
            }
        }
        return encoded.toString();
    }

    /** Returns whether a header is only for the origin that it was meant for. */
    static boolean isCredential(String name) {
        return CREDENTIALS.contains(name.toLowerCase(Locale.ROOT));
    }

    /** Returns whether the request becomes a {@code GET} without a body. */
    static boolean becomesGet(int status, String method) {
        return status == 303 && !method.equals("HEAD") || (status == 301 || status == 302) && method.equals("POST");
    }

    /**
     * Returns the headers for the next request: no credentials for another origin, nothing about a body it does not
     * have, and the credentials of the new URL if there are any.
     */
    static List<Map.Entry<String, String>> headers(
            List<Map.Entry<String, String>> headers, URI target, boolean sameOrigin, boolean withoutBody) {
        String authorization = Credentials.basic(target);
        List<Map.Entry<String, String>> kept = new ArrayList<>(headers.size());
        for (Map.Entry<String, String> header : headers) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            boolean dropped = !sameOrigin && (CREDENTIALS.contains(name) || name.equals("host"))
                    || withoutBody && OF_THE_BODY.contains(name)
                    || authorization != null && name.equals("authorization");
            if (!dropped) {
                kept.add(header);
            }
        }
        if (authorization != null) {
            kept.add(Map.entry("Authorization", authorization));
        }
        return kept;
    }

    /** Returns scheme, host and port. */
    static String origin(URI uri) {
        String scheme = Objects.requireNonNull(uri.getScheme()).toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return scheme + "://" + Objects.requireNonNull(uri.getHost()).toLowerCase(Locale.ROOT) + ":" + port;
    }
}
