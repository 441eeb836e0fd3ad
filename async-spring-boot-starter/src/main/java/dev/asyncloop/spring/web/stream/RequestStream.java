package dev.asyncloop.spring.web.stream;

import dev.asyncloop.IOLoop;
import dev.asyncloop.http.PublisherReader;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.codec.Hints;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.codec.HttpMessageReader;
import org.springframework.http.codec.multipart.PartEvent;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.util.unit.DataSize;
import org.springframework.web.server.ContentTooLargeException;
import org.springframework.web.server.ServerWebInputException;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Flux;
import reactor.util.context.ContextView;

/**
 * Reads the body of a request piece by piece, while it comes. An argument of a {@code @Coroutine} handler. Tornado's
 * {@code stream_request_body} and {@code data_received}.
 *
 * <pre>{@code
 * @Coroutine
 * @PostMapping("/upload")
 * long upload(RequestStream in) {
 *     long count = 0;
 *     for (byte[] chunk : in.chunks()) {      // each step waits for the next one
 *         count += chunk.length;
 *     }
 *     return count;
 * }
 * }</pre>
 *
 * <p>Nothing is read before the first piece is asked for: a client that waits for {@code 100 Continue} gets it then. No more
 * than some pieces, of up to 64 KiB, are in this process. What is not read when the handler ends is dropped. If the client
 * goes away, the handler's coroutine is cancelled, and who reads gets {@link CancellationException}.
 */
public final class RequestStream extends StreamedContent {

    private static final ResolvableType PART = ResolvableType.forClass(PartEvent.class);

    /** Spring's reader of parts signals a failure to a part and to all of them; Reactor would log the second one. */
    private static final String ON_DROPPED = "reactor.onErrorDropped.local";

    private static final Consumer<Throwable> NOT_LOGGED = failure -> {};

    private final ServerHttpRequest request;

    private final Supplier<List<HttpMessageReader<?>>> readers;

    private @Nullable IOLoop loop;

    private @Nullable ContextView context;

    private @Nullable Runnable onClientGone;

    private volatile @Nullable PublisherReader<?> reading;

    private @Nullable PublisherReader<byte[]> pieces;

    private long limit = Long.MAX_VALUE;

    RequestStream(ServerHttpRequest request, Supplier<List<HttpMessageReader<?>>> readers) {
        this.request = request;
        this.readers = readers;
    }

    void begin(IOLoop loop, ContextView context, Runnable onClientGone) {
        this.loop = loop;
        this.context = context;
        this.onClientGone = onClientGone;
    }

    /** The call of the handler has ended. */
    void close() {
        PublisherReader<?> current = reading;
        if (current != null) {
            current.close();
        }
    }

    @Override
    public HttpHeaders headers() {
        return request.getHeaders();
    }

    /**
     * Sets how large the body may be; before it is read. A larger one ends the reading with
     * {@link ContentTooLargeException}, which is answered with 413. Returns this.
     * @throws ContentTooLargeException if the body is announced to be larger
     */
    public RequestStream limit(DataSize max) {
        limit = max.toBytes();
        if (headers().getContentLength() > limit) {
            throw tooLarge(this, limit);
        }
        return this;
    }

    @Override
    byte @Nullable [] take() {
        PublisherReader<byte[]> current = pieces;
        if (current == null) {
            current = read(body().map(RequestStream::bytes));
            pieces = current;
        }
        return current.take();
    }

    /**
     * Returns the parts of a multipart request one after the other; each step waits for the next one, and skips what was
     * not read of the one before.
     * @throws UnsupportedMediaTypeStatusException if it is no multipart request; that is answered with 415
     * @throws IllegalStateException if the body is being read in another way
     */
    public Iterable<StreamedPart> parts() {
        MediaType type = headers().getContentType();
        for (HttpMessageReader<?> reader : readers.get()) {
            if (reader.canRead(PART, type)) {
                use();
                ServerHttpRequest limited = new ServerHttpRequestDecorator(request) {
                    @Override
                    public Flux<DataBuffer> getBody() {
                        return body();
                    }
                };
                PublisherReader<PartPiece> parts = read(reader.read(PART, limited, Hints.none())
                        .cast(PartEvent.class)
                        .map(event -> new PartPiece(event.headers(), bytes(event.content()), event.isLast()))
                        .contextWrite(context -> context.put(ON_DROPPED, NOT_LOGGED)));
                return () -> new Steps<>(new Parts(parts)::next);
            }
        }
        throw new UnsupportedMediaTypeStatusException(type, List.of(MediaType.MULTIPART_FORM_DATA));
    }

    /** Returns the body, with the limit, and with an end of the coroutine if the client breaks it off. */
    private Flux<DataBuffer> body() {
        Flux<DataBuffer> body = request.getBody();
        if (limit != Long.MAX_VALUE) {
            Counter counter = new Counter();
            body = body.handle((buffer, sink) -> {
                if (counter.add(buffer.readableByteCount()) > limit) {
                    DataBufferUtils.release(buffer);
                    sink.error(tooLarge(this, limit));
                } else {
                    sink.next(buffer);
                }
            });
        }
        return body;
    }

    private <T> PublisherReader<T> read(Flux<T> pieces) {
        IOLoop loop = this.loop;
        ContextView context = this.context;
        if (loop == null || context == null) {
            throw new IllegalStateException(
                    "A RequestStream is read by the @Coroutine handler that takes it as an argument, and by nobody else");
        }
        PublisherReader<T> reader = new PublisherReader<>(loop, toString(), pieces.onErrorMap(this::failure), context);
        reading = reader;
        return reader;
    }

    private Throwable failure(Throwable failure) {
        if (DisconnectedClientHelper.isClientDisconnectedException(failure)) {
            Runnable action = onClientGone;
            if (action != null) {
                action.run();
            }
            CancellationException gone = new CancellationException("The client has gone before the end of " + this);
            gone.initCause(failure);
            return gone;
        }
        return switch (failure) {
            case DataBufferLimitException limit -> new ContentTooLargeException(limit);
            case DecodingException decoding ->
                new ServerWebInputException("The body can't be read: " + decoding.getMessage(), null, decoding);
            default -> failure;
        };
    }

    private static byte[] bytes(DataBuffer buffer) {
        try {
            byte[] bytes = new byte[buffer.readableByteCount()];
            buffer.read(bytes);
            return bytes;
        } finally {
            DataBufferUtils.release(buffer);
        }
    }

    @Override
    public String toString() {
        return "The body of " + request.getMethod() + " " + request.getPath();
    }

    private static final class Counter {

        private long count;

        long add(int more) {
            count += more;
            return count;
        }
    }

    private record PartPiece(HttpHeaders headers, byte[] bytes, boolean last) {}

    /** The parts, in their order. */
    private static final class Parts {

        private final PublisherReader<PartPiece> pieces;

        private @Nullable StreamedPart current;

        /** The first piece of the current part, which its reader has not taken yet. */
        private byte @Nullable [] first;

        private boolean atEnd = true;

        Parts(PublisherReader<PartPiece> pieces) {
            this.pieces = pieces;
        }

        @Nullable
        StreamedPart next() {
            while (!atEnd) {
                takePiece();
            }
            PartPiece piece = pieces.take();
            if (piece == null) {
                current = null;
                return null;
            }
            first = piece.bytes();
            atEnd = piece.last();
            StreamedPart part = new StreamedPart(piece.headers(), this::take);
            current = part;
            return part;
        }

        private byte @Nullable [] take(StreamedPart part) {
            if (part != current) {
                throw new IllegalStateException(part + " is read no more: another part was asked for since");
            }
            byte[] begin = first;
            if (begin != null) {
                first = null;
                return begin;
            }
            return atEnd ? null : takePiece();
        }

        private byte @Nullable [] takePiece() {
            PartPiece piece = pieces.take();
            if (piece == null) {
                atEnd = true;
                return null;
            }
            atEnd = piece.last();
            return piece.bytes();
        }
    }
}
