package dev.asyncloop.spring.http;

import dev.asyncloop.http.FetchResponse;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/** The response of a fetch as Spring's imperative clients read it. */
final class AsyncClientHttpResponse implements ClientHttpResponse {

    private final FetchResponse response;

    private final HttpHeaders headers = new HttpHeaders();

    AsyncClientHttpResponse(FetchResponse response) {
        this.response = response;
        response.headers().entries().forEach(header -> headers.add(header.getKey(), header.getValue()));
    }

    @Override
    public HttpStatusCode getStatusCode() {
        return HttpStatusCode.valueOf(response.status());
    }

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
        return new ByteArrayInputStream(response.bytes());
    }

    @Override
    public void close() {}
}
