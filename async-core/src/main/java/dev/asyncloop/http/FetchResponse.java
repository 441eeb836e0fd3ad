package dev.asyncloop.http;

import java.lang.reflect.Type;
import java.net.URI;
import java.time.Duration;
import java.util.List;
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

    private final List<Redirect> redirects;

    private final int attempts;

    FetchResponse(
            FetchRequest request,
            URI effectiveUri,
            int status,
            Headers headers,
            byte[] body,
            FetchTimings timings,
            @Nullable BodyCodec codec,
            List<Redirect> redirects) {
        this(request, effectiveUri, status, headers, body, timings, codec, redirects, 1);
    }

    private FetchResponse(
            FetchRequest request,
            URI effectiveUri,
            int status,
            Headers headers,
            byte[] body,
            FetchTimings timings,
            @Nullable BodyCodec codec,
            List<Redirect> redirects,
            int attempts) {
        this.request = request;
        this.effectiveUri = effectiveUri;
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.timings = timings;
        this.codec = codec;
        this.redirects = List.copyOf(redirects);
        this.attempts = attempts;
    }

    /** Returns this response as the one to a request that it took so many attempts to get. */
    FetchResponse to(FetchRequest request, int attempts, Duration total) {
        return new FetchResponse(
                request, effectiveUri, status, headers, body, timings.within(total), codec, redirects, attempts);
    }

    /** Returns the request as it was given, before redirects, but with the client's base URL and headers. */
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

    /** Returns the redirects that were followed on the way to this response, in order. */
    public List<Redirect> redirects() {
        return redirects;
    }

    /** Returns how many attempts were made, this one included; 1 without a {@link RetryPolicy}. */
    public int attempts() {
        return attempts;
    }

    /** Returns the headers. */
    public Headers headers() {
        return headers;
    }

    /** Returns the cookies that the headers {@code Set-Cookie} of this response set. */
    public List<ResponseCookie> cookies() {
        return ResponseCookie.of(headers);
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
     * @throws UnreadableBodyException if the body is not of this type
     * @throws IllegalStateException if the client has no codec
     */
    public <T> T body(Class<T> type) {
        return type.cast(decode(type, type));
    }

    /** As {@link #body(Class)}, for types with arguments. */
    @SuppressWarnings("unchecked")
    public <T> T body(TypeRef<T> type) {
        return (T) decode(type.type(), Object.class);
    }

    private Object decode(Type type, Class<?> expected) {
        if (codec == null) {
            throw new IllegalStateException("`body(" + type.getTypeName()
                    + ")` needs a BodyCodec: give the client one with HttpClientOptions.withCodec, or read `text()`");
        }
        try {
            Object value = codec.decode(body, type);
            expected.cast(value);
            return value;
        } catch (RuntimeException ex) {
            throw new UnreadableBodyException(type, this, ex);
        }
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
