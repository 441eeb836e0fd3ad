package dev.asyncloop.spring.http;

import dev.asyncloop.http.FetchStream;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/** The response of a fetch as Spring's imperative clients read it. */
final class AsyncClientHttpResponse implements ClientHttpResponse {

    private final FetchStream stream;

    private final HttpHeaders headers = new HttpHeaders();

    private @Nullable InputStream body;

    AsyncClientHttpResponse(FetchStream stream) {
        this.stream = stream;
        stream.headers().entries().forEach(header -> headers.add(header.getKey(), header.getValue()));
    }

    @Override
    public HttpStatusCode getStatusCode() {
        return HttpStatusCode.valueOf(stream.status());
    }

    /** HTTP/2 has none, and nobody needs it. */
    @Override
    public String getStatusText() {
        return "";
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    @Override
    public InputStream getBody() {
        if (body == null) {
            body = stream.inputStream();
        }
        return body;
    }

    @Override
    public void close() {
        stream.close();
    }
}
