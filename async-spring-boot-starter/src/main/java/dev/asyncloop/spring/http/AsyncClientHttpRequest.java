package dev.asyncloop.spring.http;

import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.FetchException;
import dev.asyncloop.http.FetchRequest;
import dev.asyncloop.http.FetchResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.AbstractClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;

/** A request of Spring's imperative clients, sent as a fetch. */
final class AsyncClientHttpRequest extends AbstractClientHttpRequest {

    /** The client makes these from the body. */
    private static final Set<String> FRAMING = Set.of("content-length", "transfer-encoding");

    private final AsyncHttpClient http;

    private final URI uri;

    private final HttpMethod method;

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    AsyncClientHttpRequest(AsyncHttpClient http, URI uri, HttpMethod method) {
        this.http = http;
        this.uri = uri;
        this.method = method;
    }

    @Override
    public HttpMethod getMethod() {
        return method;
    }

    @Override
    public URI getURI() {
        return uri;
    }

    @Override
    protected OutputStream getBodyInternal(HttpHeaders headers) {
        return body;
    }

    @Override
    protected ClientHttpResponse executeInternal(HttpHeaders headers) throws IOException {
        FetchRequest.Builder request = FetchRequest.of(method.name(), uri.toString())
                .allowNonstandardMethods(true)
                .raiseError(false);
        headers.forEach((name, values) -> {
            if (!FRAMING.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        if (body.size() > 0) {
            request.body(body.toByteArray());
        }
        try {
            FetchResponse response = http.fetch(request.build()).join();
            return new AsyncClientHttpResponse(response);
        } catch (FetchException ex) {
            throw new IOException(ex.getMessage(), ex);
        }
    }
}
