package dev.asyncloop.spring.websocket;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.cors.CorsConfiguration;

/**
 * Whose pages may connect: a browser lets every page open a WebSocket to every server, with its cookies, and says in
 * {@code Origin} which one it is. Clients that are no browsers send none. Tornado's {@code check_origin}.
 */
final class Origins {

    private final @Nullable CorsConfiguration others;

    private Origins(@Nullable CorsConfiguration others) {
        this.others = others;
    }

    /**
     * Makes a check.
     * @param others origins that are allowed besides the same one
     * @throws IllegalArgumentException if one of them can't be an origin
     */
    static Origins of(List<String> others) {
        if (others.isEmpty()) {
            return new Origins(null);
        }
        for (String origin : others) {
            if (!origin.equals(CorsConfiguration.ALL) && !origin.matches("[a-z][a-z0-9+.-]*://[^/?#@\\s]+")) {
                throw new IllegalArgumentException(
                        "'" + origin + "' is no origin; write https://a.example, https://*.a.example, or * for all");
            }
        }
        CorsConfiguration configuration = new CorsConfiguration();
        configuration.setAllowedOriginPatterns(others);
        return new Origins(configuration);
    }

    boolean allow(ServerHttpRequest request) {
        List<String> origins = request.getHeaders().getOrEmpty("Origin");
        if (origins.isEmpty()) {
            return true;
        }
        String origin = origins.getFirst();
        return origins.size() == 1
                && (isSame(origin, request.getURI()) || (others != null && others.checkOrigin(origin) != null));
    }

    /** Without the scheme: behind a proxy that speaks TLS it is another one here. */
    private static boolean isSame(String origin, URI here) {
        try {
            URI page = URI.create(origin);
            return page.getHost() != null
                    && page.getUserInfo() == null
                    && place(page).equals(place(here));
        } catch (IllegalArgumentException ex) {
            return false;
        }
    }

    private static String place(URI uri) {
        int port = uri.getPort();
        boolean usual = port < 0
                || (port == 80 && "http".equalsIgnoreCase(uri.getScheme()))
                || (port == 443 && "https".equalsIgnoreCase(uri.getScheme()));
        return String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT) + (usual ? "" : ":" + port);
    }
}
