package dev.asyncloop.spring.http;

import dev.asyncloop.http.FetchRequest;
import java.io.OutputStream;
import java.net.URI;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;

/** A request as Spring's observations want to see it: method, URL, and headers to which a trace adds its own. */
final class ObservedRequest implements ClientHttpRequest {

    private final FetchRequest request;

    private final HttpHeaders headers = new HttpHeaders();

    private final HttpHeaders before;

    ObservedRequest(FetchRequest request) {
        this.request = request;
        request.headers().forEach(header -> headers.add(header.getKey(), header.getValue()));
        this.before = HttpHeaders.copyOf(headers);
    }

    /** Returns the headers that were added, or set to something else. */
    HttpHeaders added() {
        HttpHeaders added = new HttpHeaders();
        headers.forEach((name, values) -> {
            if (!values.equals(before.get(name))) {
                added.put(name, values);
            }
        });
        return added;
    }

    @Override
    public HttpMethod getMethod() {
        return HttpMethod.valueOf(request.method());
    }

    @Override
    public URI getURI() {
        return request.uri();
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    @Override
    public Map<String, Object> getAttributes() {
        return Map.of();
    }

    @Override
    public OutputStream getBody() {
        throw new UnsupportedOperationException("An observation can't write a body");
    }

    @Override
    public ClientHttpResponse execute() {
        throw new UnsupportedOperationException("An observation can't send a request");
    }
}
