package dev.asyncloop.spring.web.stream;

import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/**
 * Sends an answer piece by piece, as long as the handler runs. An argument of a {@code @Coroutine} handler that returns
 * nothing. Tornado's {@code write} and {@code await flush()}.
 *
 * <pre>{@code
 * @Coroutine
 * @GetMapping("/orders")
 * void orders(ResponseStream out) {
 *     for (Order order : orders) {
 *         out.sendJson(order);       // a line; waits until the client has room
 *     }
 * }
 * }</pre>
 *
 * <p>The content type is what the handler sets, or what its mapping {@code produces}, or that of the first piece:
 * {@code application/x-ndjson}, {@code text/plain} in UTF-8, or {@code application/octet-stream}.
 *
 * <p>Beginning and waiting are as for an {@link EventStream}: the answer begins with the first piece or {@link #open}; a
 * failure before is answered as ever, after that the connection is cut off; the handler's return ends the answer; when
 * 64 KiB wait for the client the sender waits, too; if the client goes away, the coroutine is cancelled.
 *
 * <p>Used by the handler's coroutine and its children; elsewhere what sends fails with {@link IllegalStateException}.
 */
public final class ResponseStream extends OutgoingStream {

    private static final MediaType TEXT = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

    /** The longest piece of an array that is copied at a time. */
    private static final int PIECE = 16 * 1024;

    private final HttpHeaders headers;

    private final JsonEncoding json;

    private final Collection<MediaType> produced;

    ResponseStream(HttpHeaders headers, JsonEncoding json, Collection<MediaType> produced) {
        this.headers = headers;
        this.json = json;
        this.produced = produced;
    }

    @Override
    StreamedAnswer.Headers defaults() {
        return StreamedAnswer.Headers.NONE;
    }

    private StreamedAnswer.Headers contentType(MediaType otherwise) {
        return headers -> {
            if (headers.getContentType() == null) {
                headers.setContentType(produced.stream()
                        .filter(MediaType::isConcrete)
                        .findFirst()
                        .orElse(otherwise));
            }
        };
    }

    /** Returns the headers of the answer, to be changed before it begins. */
    public HttpHeaders headers() {
        return headers;
    }

    /** Returns whether the answer has begun, so that a failure can't be answered any more. Any thread. */
    public boolean hasBegun() {
        return answer().hasBegun();
    }

    /** Sends status and headers, if that has not happened. Does not wait. */
    public void open() {
        answer().open("ResponseStream.open", contentType(MediaType.APPLICATION_OCTET_STREAM));
    }

    /** As {@link #send(byte[], int, int)}, all of them. */
    public void send(byte[] bytes) {
        send(bytes, 0, bytes.length);
    }

    /**
     * Waits until the client has room, and sends bytes, which may be changed afterwards.
     * @throws java.util.concurrent.CancellationException if the client goes away, and the coroutine is cancelled with it; of
     *     more than 16 KiB a part may have been sent then
     * @throws IllegalStateException after the handler's return
     */
    public void send(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int from = offset;
        do {
            int to = Math.min(from + PIECE, offset + length);
            write(Arrays.copyOfRange(bytes, from, to), MediaType.APPLICATION_OCTET_STREAM);
            from = to;
        } while (from < offset + length);
    }

    /** As {@link #send(byte[])}, in the charset of the content type, by default UTF-8; all of it or nothing. */
    public void send(String text) {
        write(text.getBytes(charset()), TEXT);
    }

    /**
     * Sends an object as a line of JSON, with the application's codec: JSON lines, also known as NDJSON. All of it or
     * nothing; else as {@link #send(byte[])}.
     * @throws org.springframework.core.codec.EncodingException if there is no JSON of it; nothing was sent
     */
    public void sendJson(Object value) {
        write(json.encodeLine(Objects.requireNonNull(value, "value")), MediaType.APPLICATION_NDJSON);
    }

    /** Returns a stream that sends what is written; for the handler's coroutine. Closing it does nothing. */
    public OutputStream outputStream() {
        return new OutputStream() {
            @Override
            public void write(int b) {
                send(new byte[] {(byte) b});
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                send(bytes, offset, length);
            }
        };
    }

    private Charset charset() {
        MediaType type = headers.getContentType();
        Charset charset = type != null ? type.getCharset() : null;
        return charset != null ? charset : StandardCharsets.UTF_8;
    }

    private void write(byte[] piece, MediaType otherwise) {
        answer().send("ResponseStream.send", piece, contentType(otherwise));
    }

    @Override
    public String toString() {
        return "ResponseStream[" + answer() + "]";
    }
}
