package dev.asyncloop.spring.server;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.RequestPath;

/** A URI that is asked for again, and its path, which is parsed once. Any thread: nothing of both can be changed. */
final class KnownUri {

    private final URI uri;

    private @Nullable RequestPath path;

    KnownUri(URI uri) {
        this.uri = uri;
    }

    URI uri() {
        return uri;
    }

    /** Returns the path as that of a request without a context path. */
    RequestPath path() {
        RequestPath path = this.path;
        if (path == null) {
            path = RequestPath.parse(uri, null);
            this.path = path;
        }
        return path;
    }
}
