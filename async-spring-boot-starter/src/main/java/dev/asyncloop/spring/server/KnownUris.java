package dev.asyncloop.spring.server;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/**
 * The URIs of the last requests, so that one that is asked for again and again is not parsed each time. So many and no more; one
 * that comes takes the place of another. Any thread: what is lost in a race is made again.
 */
final class KnownUris {

    /** A power of two. */
    private static final int PLACES = 256;

    /** In characters; those that are longer are parsed each time. */
    private static final int LONGEST = 256;

    private final @Nullable Known[] places = new @Nullable Known[PLACES];

    /** What a URI is made of. */
    private record Known(String scheme, String host, int port, String target, KnownUri uri) {

        boolean isOf(HttpServerRequest request, String host, String target) {
            return this.target.equals(target)
                    && this.host.equals(host)
                    && port == request.hostPort()
                    && scheme.equals(request.scheme());
        }
    }

    /** Returns the URI of a request, or {@code null} if it is not known. */
    @Nullable
    KnownUri find(HttpServerRequest request) {
        String target = request.uri();
        String host = request.hostName();
        Known known = places[place(host, target)];
        return known != null && known.isOf(request, host, target) ? known.uri : null;
    }

    /** Takes note of the URI of a request. */
    void learn(HttpServerRequest request, URI uri) {
        String target = request.uri();
        String host = request.hostName();
        String scheme = request.scheme();
        if (scheme.length() + host.length() + target.length() <= LONGEST) {
            places[place(host, target)] = new Known(scheme, host, request.hostPort(), target, new KnownUri(uri));
        }
    }

    private static int place(String host, String target) {
        int hash = 31 * host.hashCode() + target.hashCode();
        return (hash ^ hash >>> 16) & PLACES - 1;
    }
}
