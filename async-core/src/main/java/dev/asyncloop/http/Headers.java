package dev.asyncloop.http;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a response; names are compared without regard to case. Immutable.
 */
public final class Headers {

    private final HttpHeaders headers;

    Headers(HttpHeaders headers) {
        this.headers = headers;
    }

    /** Makes headers of these names and values, which must not change any more. */
    public static Headers of(Iterable<? extends Map.Entry<String, String>> entries) {
        if (entries instanceof HttpHeaders netty) {
            return new Headers(netty);
        }
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory()
                .withValidation(false) // they have come over a connection
                .newHeaders();
        entries.forEach(entry -> headers.add(entry.getKey(), entry.getValue()));
        return new Headers(headers);
    }

    /** Returns the first value of a header, or {@code null}. */
    public @Nullable String first(String name) {
        return headers.get(name);
    }

    /** Returns all values of a header, in order. */
    public List<String> all(String name) {
        return List.copyOf(headers.getAll(name));
    }

    /** Returns the names of the headers. */
    public Set<String> names() {
        return Set.copyOf(headers.names());
    }

    /** Returns names and values, in order. */
    public List<Map.Entry<String, String>> entries() {
        return List.copyOf(headers.entries());
    }

    int size() {
        return headers.size();
    }

    /** Returns the value of {@code Content-Type}, or {@code null}. */
    public @Nullable String contentType() {
        return first("Content-Type");
    }

    /**
     * Returns the value of {@code Content-Length}, or -1. A decompressed body has another length, and no such header; that of
     * an answer to {@code HEAD} is about the body that {@code GET} would bring.
     */
    public long contentLength() {
        String length = first("Content-Length");
        return length == null ? -1 : Long.parseLong(length.strip());
    }

    /** Returns the time that a header such as {@code Last-Modified} or {@code Date} has; {@code null} if it has none. */
    public @Nullable Instant date(String name) {
        return HttpDates.parse(first(name));
    }

    @Override
    public String toString() {
        return headers.entries().toString();
    }
}
