package dev.asyncloop.spring.http;

import dev.asyncloop.Async;
import dev.asyncloop.Task;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.BodyProducer;
import dev.asyncloop.http.FetchException;
import dev.asyncloop.http.FetchRequest;
import dev.asyncloop.http.FetchStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.AbstractClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;

/** A request of Spring's imperative clients, sent as a fetch whose response is read as it comes. */
final class AsyncClientHttpRequest extends AbstractClientHttpRequest implements StreamingHttpOutputMessage {

    /** The client makes these from the body. */
    private static final Set<String> FRAMING = Set.of("content-length", "transfer-encoding");

    private final AsyncHttpClient http;

    private final URI uri;

    private final HttpMethod method;

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    private @Nullable Body streamed;

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
        return written;
    }

    @Override
    public void setBody(Body body) {
        assertNotExecuted();
        streamed = body;
    }

    @Override
    protected ClientHttpResponse executeInternal(HttpHeaders headers) throws IOException {
        Task<FetchStream> call = http.stream(request(headers));
        try {
            return new AsyncClientHttpResponse(Async.inCoroutine() ? call.join() : block(call));
        } catch (FetchException ex) {
            throw new IOException(ex.getMessage(), ex);
        }
    }

    /** As {@code join}, but ends when the thread is interrupted: that is how a blocking section is cancelled. */
    private FetchStream block(Task<FetchStream> call) throws IOException {
        try {
            return call.get();
        } catch (InterruptedException ex) {
            call.cancel(false);
            call.handle((stream, failure) -> { // it may have come meanwhile
                if (stream != null) {
                    stream.close();
                }
                return null;
            });
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted =
                    new InterruptedIOException(method + " " + uri.getPath() + " was interrupted");
            interrupted.initCause(ex);
            throw interrupted;
        } catch (ExecutionException ex) {
            if (ex.getCause() instanceof FetchException failure) {
                throw failure;
            }
            throw new IOException(ex.getMessage(), ex.getCause());
        }
    }

    private FetchRequest request(HttpHeaders headers) {
        FetchRequest.Builder request = FetchRequest.of(method.name(), uri.toString())
                .allowNonstandardMethods(true)
                .raiseError(false);
        headers.forEach((name, values) -> {
            if (!FRAMING.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        Body body = streamed;
        if (body != null) {
            stream(request, body, headers.getContentLength());
        } else if (written.size() > 0) {
            request.body(written.toByteArray());
        }
        return request.build();
    }

    private static void stream(FetchRequest.Builder request, Body body, long length) {
        BodyProducer producer = out -> body.writeTo(new BodyOutputStream(out));
        if (body.repeatable()) {
            request.repeatableBody(producer);
        } else if (length >= 0) {
            request.body(length, producer);
        } else {
            request.body(producer);
        }
    }
}
