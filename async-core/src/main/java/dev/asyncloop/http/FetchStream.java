package dev.asyncloop.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.SequenceInputStream;
import java.net.URI;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A response whose body is read as it comes. Tornado's {@code streaming_callback}, from the reader's side.
 *
 * <pre>{@code
 * try (FetchStream stream = await(http.stream(request))) {
 *     for (byte[] chunk : stream.chunks()) {   // each step waits for the next one
 *         file.write(chunk);
 *     }
 * }
 * }</pre>
 *
 * <p>The server is held back by the reader: no more than some 500 KB are on their way in this process. Slot and connection are kept
 * until the body has come to its end, or {@link #close}. A stream belongs to the coroutine that has called
 * {@code AsyncHttpClient.stream}, and is closed when that ends.
 *
 * <p>A body is read once, in one way, by one reader at a time: waiting gives way in a coroutine, and blocks any other
 * thread, but for event loops, where it fails with {@link IllegalStateException}. If the body breaks off, what has come is
 * read first, and then the {@link FetchException} thrown: {@link BrokenResponseException}, {@link FetchTimeoutException} if
 * nothing comes for longer than {@code readTimeout}, or {@link ClientClosedException}; by the {@code InputStream}
 * inside an {@code IOException}.
 */
public final class FetchStream implements AutoCloseable {

    /** So many characters a line of {@link #lines()} may have: 1 Mi. */
    static final int MAX_LINE = 1024 * 1024;

    private final FetchRequest request;

    private final URI effectiveUri;

    private final int status;

    private final Headers headers;

    private final BodyPipe<byte[]> body;

    private final long maxBodySize;

    private final Supplier<FetchException.Attempt> attempt;

    private final Runnable onClose;

    private boolean used;

    FetchStream(
            FetchRequest request,
            URI effectiveUri,
            int status,
            Headers headers,
            BodyPipe<byte[]> body,
            long maxBodySize,
            Supplier<FetchException.Attempt> attempt,
            Runnable onClose) {
        this.request = request;
        this.effectiveUri = effectiveUri;
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.maxBodySize = maxBodySize;
        this.attempt = attempt;
        this.onClose = onClose;
    }

    /** Returns the request as it was given, before redirects. */
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

    /** Returns the headers. */
    public Headers headers() {
        return headers;
    }

    /**
     * Returns the body in the pieces in which it comes, decompressed; each step waits for the next one.
     * @throws IllegalStateException if the body is being read in another way
     */
    public Iterable<byte[]> chunks() {
        use();
        return () -> new Steps<>(body::take);
    }

    /**
     * Returns the body, decompressed. Closing it closes this.
     * @throws IllegalStateException if the body is being read in another way
     */
    public InputStream inputStream() {
        use();
        return new BodyInputStream(body::take, this::close);
    }

    /**
     * As {@link #lines(int)}, with lines of up to 1,048,576 characters.
     * @throws IllegalStateException if the body is being read in another way
     */
    public Iterable<String> lines() {
        return lines(MAX_LINE);
    }

    /**
     * Returns the lines of the body, without their ends (LF, CR or CRLF), in the charset of {@link #text}; each step waits
     * for the next one, which is there as soon as its end is. A longer line ends the iteration with
     * {@link BodyTooLargeException}, and closes this.
     * @throws IllegalStateException if the body is being read in another way
     */
    public Iterable<String> lines(int maxLength) {
        if (maxLength <= 0) {
            throw new IllegalArgumentException("maxLength must be positive, but was " + maxLength);
        }
        use();
        return () -> new Steps<>(lineReader(maxLength, headers.first("Content-Type")));
    }

    /** Returns what gives the next line, in UTF-8. */
    Supplier<@Nullable String> linesInUtf8(int maxLength) {
        use();
        return lineReader(maxLength, null);
    }

    private Supplier<@Nullable String> lineReader(int maxLength, @Nullable String contentType) {
        InputStream in = new BodyInputStream(body::take, this::close);
        return new Supplier<>() {

            private @Nullable LineReader lines;

            @Override
            public @Nullable String get() {
                try {
                    if (lines == null) {
                        byte[] start = readStart(in);
                        FetchText.Marked marked = FetchText.charset(start, start.length, contentType);
                        InputStream text =
                                new ByteArrayInputStream(start, marked.length(), start.length - marked.length());
                        InputStream all = new SequenceInputStream(text, in);
                        lines = new LineReader(new InputStreamReader(all, marked.charset()), maxLength);
                    }
                    return lines.next();
                } catch (LineReader.LineTooLongException ex) {
                    close();
                    throw new BodyTooLargeException(
                            "a line is longer than " + maxLength + " characters; allow more with `lines(max)`",
                            attempt.get(),
                            null);
                } catch (IOException ex) {
                    throw ex.getCause() instanceof FetchException failure ? failure : new IllegalStateException(ex);
                }
            }
        };
    }

    /** Returns the first bytes: no more than it takes to tell that they are no byte order mark, for more may come late. */
    private static byte[] readStart(InputStream in) throws IOException {
        byte[] start = new byte[FetchText.MARK];
        int length = 0;
        while (length < start.length && FetchText.mayBecomeMark(start, length)) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            start[length++] = (byte) next;
        }
        return Arrays.copyOf(start, length);
    }

    /**
     * Waits for the whole body.
     * @throws BodyTooLargeException if it is larger than the client's {@code maxBodySize}
     * @throws IllegalStateException if the body is being read in another way
     */
    public byte[] bytes() {
        use();
        BodyBuffer all = new BodyBuffer(maxBodySize);
        byte[] piece;
        while ((piece = body.take()) != null) {
            if (!all.add(io.netty.buffer.Unpooled.wrappedBuffer(piece))) {
                close();
                throw new BodyTooLargeException(
                        "the body is larger than " + maxBodySize + " bytes; raise maxBodySize, or read it in pieces",
                        attempt.get(),
                        null);
            }
        }
        return all.toBytes();
    }

    /**
     * Waits for the whole body, and returns it as text: in the charset that its byte order mark says, or its content type;
     * or UTF-8.
     * @throws BodyTooLargeException if it is larger than the client's {@code maxBodySize}
     * @throws IllegalStateException if the body is being read in another way
     */
    public String text() {
        return FetchText.decode(bytes(), headers.first("Content-Type"));
    }

    /** Returns where the fetch stands, for failures. */
    FetchException.Attempt attempt() {
        return attempt.get();
    }

    private void use() {
        if (used) {
            throw new IllegalStateException(
                    "The body of " + this + " is being read already; a streamed body is read once, in one way");
        }
        used = true;
    }

    /**
     * Frees slot and connection; the connection is closed if the body had not come to its end. Who reads meanwhile gets
     * {@link IllegalStateException}. Idempotent; any thread; does not wait.
     */
    @Override
    public void close() {
        body.close(new IllegalStateException("The stream of " + this + " is closed"));
        onClose.run();
    }

    @Override
    public String toString() {
        return status + " " + effectiveUri;
    }

    /** What a supplier gives until that is {@code null}. */
    private static final class Steps<T> implements Iterator<T> {

        private final Supplier<@Nullable T> source;

        private @Nullable T next;

        Steps(Supplier<@Nullable T> source) {
            this.source = source;
        }

        @Override
        public boolean hasNext() {
            if (next == null) {
                next = source.get();
            }
            return next != null;
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the body has come to its end");
            }
            T item = Objects.requireNonNull(next);
            next = null;
            return item;
        }
    }
}
