package dev.asyncloop.http;

import java.lang.reflect.Type;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A complete response. Immutable. Tornado's {@code HTTPResponse}.
 */
public final class FetchResponse {

    private final FetchRequest request;

    private final URI effectiveUri;

    private final int status;

    private final Headers headers;

    private final byte[] body;

    private final FetchTimings timings;

    private final @Nullable BodyCodec codec;

    FetchResponse(
            FetchRequest request,
            URI effectiveUri,
            int status,
            Headers headers,
            byte[] body,
            FetchTimings timings,
            @Nullable BodyCodec codec) {
        this.request = request;
        this.effectiveUri = effectiveUri;
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.timings = timings;
        this.codec = codec;
    }

    /** Returns the request as it was given, before redirects. */
    public FetchRequest request() {
        return request;
    }

    /** Returns the URL of this response, after redirects. */
    public URI effectiveUri() {
        return effectiveUri;
    }

    /** Returns the status code. */
    public int status() {
        return status;
    }

    /** Returns the headers. */
    public Headers headers() {
        return headers;
    }

    /** Returns a copy of the body, decompressed; empty if there is none. */
    public byte[] bytes() {
        return body.clone();
    }

    /**
     * Returns the body as text: in the charset that its byte order mark says, or its content type; or UTF-8, also where
     * the content type names a charset that this JVM does not know.
     */
    public String text() {
        return FetchText.decode(body, headers.first("Content-Type"));
    }

    /**
     * Returns the body, read as JSON by the client's codec.
     * @throws IllegalStateException if the client has none
     */
    public <T> T body(Class<T> type) {
        return type.cast(decode(type));
    }

    /** As {@link #body(Class)}, for types with arguments. */
    @SuppressWarnings("unchecked")
    public <T> T body(TypeRef<T> type) {
        return (T) decode(type.type());
    }

    private Object decode(Type type) {
        if (codec == null) {
            throw new IllegalStateException("`body(" + type.getTypeName()
                    + ")` needs a BodyCodec: give the client one with HttpClientOptions.withCodec, or read `text()`");
        }
        return codec.decode(body, type);
    }

    /** Returns where the time has gone. */
    public FetchTimings timings() {
        return timings;
    }

    @Override
    public String toString() {
        return status + " " + effectiveUri + " (" + body.length + " bytes)";
    }
}
