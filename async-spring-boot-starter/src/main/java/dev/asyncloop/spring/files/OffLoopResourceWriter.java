package dev.asyncloop.spring.files;

import dev.asyncloop.IOLoop;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRange;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ReactiveHttpOutputMessage;
import org.springframework.http.codec.ResourceHttpMessageWriter;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Writes a {@link Resource}, or the range of it that was asked for, as Spring's writer does, but asks for its length and
 * reads it in the loop's executor.
 *
 * <p>Spring hands a file to Netty, which then reads it on the event loop: whoever else is there waits for the disk. Here
 * chunks of 16 KiB are read as the connection has room for them. Threads: it may be used on any, and writes from the event
 * loop. An executor that takes no more is a 503. Tornado reads its static files on the loop.
 */
public final class OffLoopResourceWriter extends ResourceHttpMessageWriter {

    private final OffLoop offLoop;

    /** Makes a writer that reads in the loop's executor. */
    public OffLoopResourceWriter(IOLoop loop) {
        this.offLoop = new OffLoop(loop);
    }

    /**
     * What to send of a resource.
     * @param position of the first byte
     * @param count how many bytes, or -1 for all there are
     * @param total how many bytes there are, or -1 if that is not known
     */
    private record Selection(long position, long count, long total) {}

    @Override
    public Mono<Void> addDefaultHeaders(
            ReactiveHttpOutputMessage message,
            Resource resource,
            @Nullable MediaType contentType,
            Map<String, Object> hints) {
        if (message.getHeaders().getContentLength() >= 0) {
            return super.addDefaultHeaders(message, resource, contentType, hints);
        }
        return offLoop.call(() -> lengthIfKnown(resource)).flatMap(length -> {
            if (length >= 0) {
                message.getHeaders().setContentLength(length);
            }
            return super.addDefaultHeaders(message, resource, contentType, hints);
        });
    }

    /** As a client sends it. */
    @Override
    public Mono<Void> write(
            Publisher<? extends Resource> input,
            ResolvableType elementType,
            @Nullable MediaType mediaType,
            ReactiveHttpOutputMessage message,
            Map<String, Object> hints) {
        return Mono.from(input)
                .flatMap(resource -> addDefaultHeaders(message, resource, mediaType, hints)
                        .then(Mono.defer(() -> {
                            long length = message.getHeaders().getContentLength();
                            Selection all = new Selection(0, length, length);
                            return message.writeWith(content(resource, all, message.bufferFactory()));
                        })));
    }

    /** As a server sends it. Several ranges at once are rare and are Spring's, which reads them off the loop, too. */
    @Override
    public Mono<Void> write(
            Publisher<? extends Resource> input,
            @Nullable ResolvableType actualType,
            ResolvableType elementType,
            @Nullable MediaType mediaType,
            ServerHttpRequest request,
            ServerHttpResponse response,
            Map<String, Object> hints) {
        if (request.getHeaders().getFirst(HttpHeaders.RANGE) == null) {
            return write(input, elementType, mediaType, response, hints);
        }
        return Mono.from(input)
                .flatMap(resource -> offLoop.call(() -> select(resource, request.getHeaders()))
                        .flatMap(selections -> selections.size() == 1
                                ? writePart(resource, selections.getFirst(), mediaType, response, hints)
                                : writeParts(resource, actualType, elementType, mediaType, request, response, hints)));
    }

    /** The length that is set is that of the whole, for which a client would wait. */
    private Mono<Void> writeParts(
            Resource resource,
            @Nullable ResolvableType actualType,
            ResolvableType elementType,
            @Nullable MediaType mediaType,
            ServerHttpRequest request,
            ServerHttpResponse response,
            Map<String, Object> hints) {
        response.getHeaders().remove(HttpHeaders.CONTENT_LENGTH);
        return offLoop.andBack(Mono.defer(() -> super.write(
                Mono.just(resource), actualType, elementType, mediaType, request, withoutZeroCopy(response), hints)));
    }

    /** What Spring would have Netty read from, on the event loop, it cannot with a response of this kind. */
    private static ServerHttpResponse withoutZeroCopy(ServerHttpResponse response) {
        return new ServerHttpResponseDecorator(response);
    }

    private Mono<Void> writePart(
            Resource resource,
            Selection selection,
            @Nullable MediaType mediaType,
            ServerHttpResponse response,
            Map<String, Object> hints) {
        long last = selection.position() + selection.count() - 1;
        response.setStatusCode(HttpStatus.PARTIAL_CONTENT);
        response.getHeaders().setContentLength(selection.count());
        response.getHeaders()
                .set(HttpHeaders.CONTENT_RANGE, "bytes " + selection.position() + "-" + last + "/" + selection.total());
        return super.addDefaultHeaders(response, resource, mediaType, hints)
                .then(Mono.defer(() -> response.writeWith(content(resource, selection, response.bufferFactory()))));
    }

    /** Returns the ranges that are asked for; none if they make no sense, which is Spring's to answer. */
    private static List<Selection> select(Resource resource, HttpHeaders headers) throws IOException {
        try {
            List<HttpRange> ranges = headers.getRange();
            long total = lengthOf(resource);
            return HttpRange.toResourceRegions(ranges, resource).stream()
                    .map(region -> new Selection(
                            region.getPosition(), Math.min(region.getCount(), total - region.getPosition()), total))
                    .toList();
        } catch (IllegalArgumentException ex) {
            return List.of();
        }
    }

    private static long lengthIfKnown(Resource resource) {
        try {
            return lengthOf(resource);
        } catch (IOException ex) {
            return -1; // reading it will tell
        }
    }

    /** Returns the length or -1; an input stream would be used up by the question. */
    private static long lengthOf(Resource resource) throws IOException {
        return resource.getClass() == InputStreamResource.class ? -1 : resource.contentLength();
    }

    private Flux<DataBuffer> content(Resource resource, Selection selection, DataBufferFactory buffers) {
        return offLoop.produce(Flux.generate(
                () -> ResourceReader.open(resource, selection.position(), selection.count()),
                (reader, sink) -> {
                    reader.read(buffers, sink);
                    return reader;
                },
                ResourceReader::close));
    }
}
