package dev.asyncloop.http;

import dev.asyncloop.channel.ReceiveChannel;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to fetch, and how. Immutable, and may be used again. Tornado's {@code HTTPRequest}.
 */
public final class FetchRequest {

    private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");

    private static final Set<String> STANDARD = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS");

    private final String method;

    private final URI uri;

    private final String uriTemplate;

    private final String origin;

    private final List<Map.Entry<String, String>> headers;

    private final @Nullable RequestBody body;

    private final @Nullable Duration timeout;

    private final @Nullable Duration queueTimeout;

    private final @Nullable Duration connectTimeout;

    private final @Nullable Duration readTimeout;

    private final @Nullable Boolean followRedirects;

    private final @Nullable Integer maxRedirects;

    private final @Nullable Boolean raiseError;

    private final @Nullable RetryPolicy retry;

    private final boolean nonstandard;

    private final boolean expectContinue;

    private FetchRequest(Builder builder) {
        URI complete = UriTemplate.append(builder.uri, builder.query);
        this.method = builder.method;
        this.uri = Credentials.strip(complete);
        this.uriTemplate = Credentials.shown(builder.uriTemplate);
        this.origin = uri.isAbsolute() ? Redirects.origin(uri) : "";
        this.headers = headers(builder);
        this.body = builder.body;
        this.timeout = builder.timeout;
        this.queueTimeout = builder.queueTimeout;
        this.connectTimeout = builder.connectTimeout;
        this.readTimeout = builder.readTimeout;
        this.followRedirects = builder.followRedirects;
        this.maxRedirects = builder.maxRedirects;
        this.raiseError = builder.raiseError;
        this.expectContinue = builder.expectContinue;
        this.retry = builder.retry;
        this.nonstandard = builder.nonstandard;
    }

    private static List<Map.Entry<String, String>> headers(Builder builder) {
        List<Map.Entry<String, String>> headers = new ArrayList<>(builder.headers);
        String ofUrl = Credentials.basic(builder.uri);
        String authorization = ofUrl != null ? ofUrl : builder.authorization;
        if (authorization != null && builder.lacks("Authorization")) {
            headers.add(Map.entry("Authorization", authorization));
        }
        if (!builder.cookies.isEmpty()) {
            HeaderRules.add(headers, "Cookie", builder.cookies);
        }
        String contentType = builder.body != null ? builder.body.contentType() : null;
        if (contentType != null && builder.lacks("Content-Type")) {
            headers.add(Map.entry("Content-Type", contentType));
        }
        return List.copyOf(headers);
    }

    /** Returns what asks for events after the one with this id, if there is one. */
    FetchRequest forEvents(String lastId, Duration idle, HttpClientOptions options) {
        List<Map.Entry<String, String>> all = new ArrayList<>();
        for (Map.Entry<String, String> header : headers) {
            String name = header.getKey();
            if (!name.equalsIgnoreCase("Accept") && (lastId.isEmpty() || !name.equalsIgnoreCase("Last-Event-ID"))) {
                all.add(header);
            }
        }
        all.add(Map.entry("Accept", "text/event-stream"));
        all.add(Map.entry("Cache-Control", "no-store"));
        if (!lastId.isEmpty()) { // sent as UTF-8, a byte of which is one character of a header here
            byte[] bytes = lastId.getBytes(StandardCharsets.UTF_8);
            all.add(Map.entry("Last-Event-ID", new String(bytes, StandardCharsets.ISO_8859_1)));
        }
        Duration limit = readTimeout != null ? readTimeout : options.readTimeout();
        Builder builder = toBuilder();
        builder.headers.clear();
        builder.headers.addAll(all);
        builder.readTimeout = limit != null ? limit : idle;
        builder.raiseError = true;
        return new FetchRequest(builder);
    }

    /**
     * Returns this request with what the client adds to it: its base URL, its headers, and whether a status is an error.
     * @throws IllegalArgumentException if the URL is relative and the client has no base
     */
    FetchRequest on(HttpClientOptions options) {
        boolean raisesAsSaid = raiseError != null || options.raiseError();
        if (uri.isAbsolute() && options.headers().isEmpty() && raisesAsSaid) {
            return this;
        }
        Builder builder = toBuilder();
        if (!uri.isAbsolute()) {
            builder.uri = UriTemplate.under(options.baseUrl(), uri);
        }
        for (Map.Entry<String, String> header : options.headers()) {
            String name = header.getKey();
            if (HeaderRules.lacks(headers, name)
                    && (!Redirects.isCredential(name) || trusts(options.baseUrl(), builder.uri))) {
                builder.headers.add(header);
            }
        }
        if (raiseError == null) {
            builder.raiseError = options.raiseError();
        }
        return new FetchRequest(builder);
    }

    /** Returns whether a URL is one of those that the client's credentials are for. */
    private static boolean trusts(@Nullable URI base, URI uri) {
        return base == null || Redirects.origin(base).equals(Redirects.origin(uri));
    }

    /** Begins another request that is like this one but for what is changed. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    static boolean isStandard(String method) {
        return STANDARD.contains(method);
    }

    /**
     * Begins a {@code GET}. Variables in braces are replaced by the values, in order, or by those that a single
     * {@code Map} has for their names; values are percent-encoded so that they stay one part of a path or query. A URL that
     * begins with {@code /} or {@code ?} is appended to the client's {@code baseUrl}.
     * @throws IllegalArgumentException if the URL can't be fetched, or the values do not fit
     */
    public static Builder get(String url, Object... values) {
        return of("GET", url, values);
    }

    /** Begins a {@code HEAD}; see {@link #get}. */
    public static Builder head(String url, Object... values) {
        return of("HEAD", url, values);
    }

    /** Begins a {@code POST}, which needs a body; see {@link #get}. */
    public static Builder post(String url, Object... values) {
        return of("POST", url, values);
    }

    /** Begins a {@code PUT}, which needs a body; see {@link #get}. */
    public static Builder put(String url, Object... values) {
        return of("PUT", url, values);
    }

    /** Begins a {@code PATCH}, which needs a body; see {@link #get}. */
    public static Builder patch(String url, Object... values) {
        return of("PATCH", url, values);
    }

    /** Begins a {@code DELETE}; see {@link #get}. */
    public static Builder delete(String url, Object... values) {
        return of("DELETE", url, values);
    }

    /** Begins a request with any method; see {@link #get}. */
    public static Builder of(String method, String url, Object... values) {
        return new Builder(method, url, UriTemplate.expand(url, values));
    }

    /** Returns the method. */
    public String method() {
        return method;
    }

    /** Returns the URL, without credentials; relative if it is to be appended to the client's {@code baseUrl}. */
    public URI uri() {
        return uri;
    }

    /** Returns the URL as it was given, with its variables and without credentials: a name for all requests of its kind. */
    public String uriTemplate() {
        return uriTemplate;
    }

    /** Returns names and values of the headers, in order. */
    public List<Map.Entry<String, String>> headers() {
        return headers;
    }

    /** Returns scheme, host and port. */
    String origin() {
        return origin;
    }

    @Nullable
    RequestBody body() {
        return body;
    }

    Duration timeout(HttpClientOptions options) {
        return timeout != null ? timeout : options.timeout();
    }

    Duration connectTimeout(HttpClientOptions options) {
        return connectTimeout != null ? connectTimeout : options.connectTimeout();
    }

    Duration queueTimeout(HttpClientOptions options) {
        Duration limit = queueTimeout != null ? queueTimeout : options.queueTimeout();
        return limit != null ? limit : timeout(options);
    }

    Duration readTimeout(HttpClientOptions options) {
        Duration limit = readTimeout != null ? readTimeout : options.readTimeout();
        return limit != null ? limit : timeout(options);
    }

    boolean followRedirects(HttpClientOptions options) {
        return followRedirects != null ? followRedirects : options.followRedirects();
    }

    int maxRedirects(HttpClientOptions options) {
        return maxRedirects != null ? maxRedirects : options.maxRedirects();
    }

    boolean raisesError() {
        return raiseError == null || raiseError;
    }

    @Nullable
    RetryPolicy retry(HttpClientOptions options) {
        return retry != null ? retry : options.retry();
    }

    boolean expectsContinue() {
        return expectContinue;
    }

    @Override
    public String toString() {
        return method + " " + uri;
    }

    static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(
                    name + " must be positive, but was " + value + "; for no limit give HttpClientOptions.NO_TIMEOUT");
        }
    }

    /** Collects what a request is made of. Not for several threads. */
    public static final class Builder {

        private final String method;

        private final String uriTemplate;

        private URI uri;

        private final List<Map.Entry<String, String>> query = new ArrayList<>();

        private final List<Map.Entry<String, String>> headers = new ArrayList<>();

        private final List<String> cookies = new ArrayList<>();

        private final List<Map.Entry<String, String>> form = new ArrayList<>();

        private @Nullable String authorization;

        private @Nullable RequestBody body;

        private @Nullable Duration timeout;

        private @Nullable Duration queueTimeout;

        private @Nullable Duration connectTimeout;

        private @Nullable Duration readTimeout;

        private @Nullable Boolean followRedirects;

        private @Nullable Integer maxRedirects;

        private @Nullable Boolean raiseError;

        private @Nullable RetryPolicy retry;

        private boolean expectContinue;

        private boolean nonstandard;

        private Builder(String method, String uriTemplate, URI uri) {
            this.method = method;
            this.uriTemplate = uriTemplate;
            this.uri = uri;
        }

        private Builder(FetchRequest request) {
            this.method = request.method;
            this.uriTemplate = request.uriTemplate;
            this.uri = request.uri;
            this.headers.addAll(request.headers);
            this.body = request.body;
            this.timeout = request.timeout;
            this.queueTimeout = request.queueTimeout;
            this.connectTimeout = request.connectTimeout;
            this.readTimeout = request.readTimeout;
            this.expectContinue = request.expectContinue;
            this.followRedirects = request.followRedirects;
            this.maxRedirects = request.maxRedirects;
            this.raiseError = request.raiseError;
            this.retry = request.retry;
            this.nonstandard = request.nonstandard;
        }

        /**
         * Appends a parameter to the URL's query, both parts percent-encoded as UTF-8 (a space is {@code %20}). The same name
         * may come again.
         */
        public Builder query(String name, @Nullable Object value) {
            query.add(Map.entry(name, String.valueOf(requireValue("query", name, value))));
            return this;
        }

        private static Object requireValue(String what, String name, @Nullable Object value) {
            if (value == null) {
                throw new IllegalArgumentException("The value of the " + what + " parameter '" + name
                        + "' is null; leave the parameter out, or give it an empty string");
            }
            return value;
        }

        /**
         * Adds a header. It replaces the client's of that name.
         * @throws IllegalArgumentException if name or value would break out of the header, or say where the body ends
         */
        public Builder header(String name, String value) {
            headers.add(HeaderRules.check(name, value));
            return this;
        }

        /** Sets a header in place of those of that name; see {@link #header}. */
        public Builder setHeader(String name, String value) {
            Map.Entry<String, String> header = HeaderRules.check(name, value);
            removeHeader(name);
            headers.add(header);
            return this;
        }

        /** Takes back the headers of this name. */
        public Builder removeHeader(String name) {
            headers.removeIf(header -> header.getKey().equalsIgnoreCase(name));
            return this;
        }

        private boolean lacks(String name) {
            return HeaderRules.lacks(headers, name);
        }

        /**
         * Sends user and password as {@code Authorization: Basic}, in UTF-8 and Unicode's NFC. Credentials in the URL count
         * instead, as in Tornado; a header of that name counts before both.
         * @throws IllegalArgumentException if the user's name has a colon, where the password would begin
         */
        public Builder basicAuth(String user, String password) {
            authorization = Credentials.basic(user, password);
            return this;
        }

        /** Sends a token as {@code Authorization: Bearer}; see {@link #basicAuth} for what counts before it. */
        public Builder bearerToken(String token) {
            authorization = Credentials.bearer(token);
            return this;
        }

        /**
         * Adds a cookie to the header {@code Cookie}.
         * @throws IllegalArgumentException if name or value have characters that a cookie can't have
         */
        public Builder cookie(String name, String value) {
            cookies.add(HeaderRules.cookie(name, value));
            return this;
        }

        /**
         * Asks for the content only if it has changed since, to the second. If it has not the status is 304, which is an
         * error unless {@code raiseError(false)}.
         */
        public Builder ifModifiedSince(Instant time) {
            return setHeader("If-Modified-Since", HttpDates.format(time));
        }

        /** Sets the body. */
        public Builder body(byte[] body) {
            return body(new BytesBody(body.clone()));
        }

        /** Sets the body, encoded as UTF-8. */
        public Builder body(String body) {
            return body(new BytesBody(body.getBytes(StandardCharsets.UTF_8)));
        }

        /** Sets the body to an object, written as JSON by the client's codec. */
        public Builder json(Object value) {
            return body(new JsonBody(value));
        }

        /**
         * Sets the body to what a producer writes while it is sent, in chunks. It is produced once; see
         * {@link #repeatableBody}.
         */
        public Builder body(BodyProducer producer) {
            return body(new ProducedBody(producer, -1, false, null));
        }

        /** As {@link #body(BodyProducer)}, for a body of which the length is known. */
        public Builder body(long length, BodyProducer producer) {
            return body(new ProducedBody(producer, requireLength(length), false, null));
        }

        /** As {@link #body(BodyProducer)}, for a producer that may be called again, after a redirect that keeps the body. */
        public Builder repeatableBody(BodyProducer producer) {
            return body(new ProducedBody(producer, -1, true, null));
        }

        /** Sets the body to what comes out of a channel until that is closed; sent as it comes, in chunks. */
        public Builder body(ReceiveChannel<byte[]> channel) {
            return body(new ProducedBody(BodyProducers.of(channel), -1, false, null));
        }

        /** As {@link #body(ReceiveChannel)}, for a body of which the length is known. */
        public Builder body(long length, ReceiveChannel<byte[]> channel) {
            return body(new ProducedBody(BodyProducers.of(channel), requireLength(length), false, null));
        }

        /** Sets the body to a stream, which is read while it is sent, in chunks, by the loop's executor, and closed. */
        public Builder body(InputStream in) {
            return body(new ProducedBody(BodyProducers.of(in), -1, false, null));
        }

        /** As {@link #body(InputStream)}, for a body of which the length is known. */
        public Builder body(long length, InputStream in) {
            return body(new ProducedBody(BodyProducers.of(in), requireLength(length), false, null));
        }

        /**
         * Sets the body to a file, which is read while it is sent, by the loop's executor. Its length is looked up when the
         * fetch begins, and it may not change until it was sent.
         */
        public Builder body(Path file) {
            return body(new ProducedBody(BodyProducers.of(file), -1, true, () -> Files.size(file)));
        }

        private static long requireLength(long length) {
            if (length < 0) {
                throw new IllegalArgumentException("length must not be negative, but was " + length);
            }
            return length;
        }

        /**
         * Asks the server, with {@code Expect: 100-continue}, whether it wants the body, before that is produced and sent: at
         * its 100, or after a second in which it says nothing. If it answers with a status at once, the body is never
         * produced. Tornado's {@code expect_100_continue}.
         */
        public Builder expectContinue(boolean expectContinue) {
            this.expectContinue = expectContinue;
            return this;
        }

        /**
         * Adds a field to a body of type {@code application/x-www-form-urlencoded}, in UTF-8; it replaces a body of another
         * kind. The same name may come again.
         */
        public Builder form(String name, @Nullable Object value) {
            form.add(Map.entry(name, String.valueOf(requireValue("form", name, value))));
            this.body = new FormBody(form);
            return this;
        }

        /** Adds fields; see {@link #form(String, Object)}. */
        public Builder form(Map<String, ?> fields) {
            fields.forEach(this::form);
            this.body = new FormBody(form);
            return this;
        }

        /** Sets the body to a form with files, of type {@code multipart/form-data}. */
        public Builder multipart(Multipart parts) {
            return body(new MultipartBody(parts));
        }

        private Builder body(RequestBody body) {
            this.form.clear();
            this.body = body;
            return this;
        }

        /**
         * Sets the limit for the whole fetch, from the call; the client's by default. Of a stream: until status and headers
         * are there. {@link HttpClientOptions#NO_TIMEOUT} for none.
         */
        public Builder timeout(Duration timeout) {
            requirePositive("timeout", timeout);
            this.timeout = timeout;
            return this;
        }

        /** Sets the limit for resolving, connecting and TLS; the client's by default. */
        public Builder connectTimeout(Duration connectTimeout) {
            requirePositive("connectTimeout", connectTimeout);
            this.connectTimeout = connectTimeout;
            return this;
        }

        /** Sets the limit for waiting in line; the client's by default. */
        public Builder queueTimeout(Duration queueTimeout) {
            requirePositive("queueTimeout", queueTimeout);
            this.queueTimeout = queueTimeout;
            return this;
        }

        /**
         * Sets the limit for each wait on the server, once there is a connection: until it takes more of the request's body,
         * until status and headers come, until more of the response's body comes. The client's by default, or else as long
         * as {@link #timeout}.
         */
        public Builder readTimeout(Duration readTimeout) {
            requirePositive("readTimeout", readTimeout);
            this.readTimeout = readTimeout;
            return this;
        }

        /** Says whether redirects are followed; as the client by default. */
        public Builder followRedirects(boolean followRedirects) {
            this.followRedirects = followRedirects;
            return this;
        }

        /** Sets how many redirects are followed; as many as the client does by default. */
        public Builder maxRedirects(int maxRedirects) {
            if (maxRedirects < 0) {
                throw new IllegalArgumentException("maxRedirects must not be negative, but was " + maxRedirects);
            }
            this.maxRedirects = maxRedirects;
            return this;
        }

        /** Says whether a status other than 2xx fails the fetch; as the client by default, and so it does. */
        public Builder raiseError(boolean raiseError) {
            this.raiseError = raiseError;
            return this;
        }

        /** Says how failures are retried, if at all; as the client by default, which is not at all. */
        public Builder retry(RetryPolicy retry) {
            this.retry = retry;
            return this;
        }

        /** Allows other methods, and bodies where they are not usual. */
        public Builder allowNonstandardMethods(boolean allowed) {
            this.nonstandard = allowed;
            return this;
        }

        /**
         * Makes the request.
         * @throws IllegalArgumentException if method and body do not go together
         */
        public FetchRequest build() {
            boolean hasBody = body != null;
            boolean standard = STANDARD.contains(method);
            if (!standard && !HeaderRules.isToken(method)) {
                throw new IllegalArgumentException(
                        "Method '" + HeaderRules.printable(method) + "' is not valid; use letters, as in " + STANDARD);
            }
            if (!nonstandard) {
                if (!standard) {
                    throw new IllegalArgumentException("Method '" + method + "' is not known; use one of " + STANDARD
                            + ", or `allowNonstandardMethods(true)`");
                }
                if (WITH_BODY.contains(method) != hasBody) {
                    throw new IllegalArgumentException(method + " " + (hasBody ? "must not" : "must")
                            + " have a body; " + (hasBody ? "remove it" : "set one, if only an empty one")
                            + ", or use `allowNonstandardMethods(true)`");
                }
            }
            return new FetchRequest(this);
        }
    }
}
