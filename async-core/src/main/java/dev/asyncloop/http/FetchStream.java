package dev.asyncloop.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.SequenceInputStream;
import java.net.URI;
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

    /** What comes out of it, decompressed. */
    private final Supplier<byte @Nullable []> pieces;

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
            Supplier<byte @Nullable []> pieces,
            long maxBodySize,
            Supplier<FetchException.Attempt> attempt,
            Runnable onClose) {
        this.request = request;
        this.effectiveUri = effectiveUri;
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.pieces = pieces;
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
        return () -> new Steps<>(pieces);
    }

    /**
     * Returns the body, decompressed. Closing it closes this.
     * @throws IllegalStateException if the body is being read in another way
     */
    public InputStream inputStream() {
        use();
        return new BodyInputStream(pieces, this::close);
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
        return () -> new Steps<>(new Lines(maxLength, headers.first("Content-Type"), LineReader::next));
    }

    /** Returns what gives the next line, in UTF-8; a last one that has no end is left out, as it may have been cut off. */
    Supplier<@Nullable String> endedLinesInUtf8(int maxLength) {
        use();
        return new Lines(maxLength, null, LineReader::nextEnded);
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
        while ((piece = pieces.get()) != null) {
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

    /** Returns whether this was closed, by whomever, before its body was read to its end. */
    boolean isClosed() {
        return body.isClosed();
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

    /** The body's lines. A wait that is cancelled loses nothing of what has come. */
    private final class Lines implements Supplier<@Nullable String> {

        private final InputStream in = new BodyInputStream(pieces, FetchStream.this::close);

        private final int maxLength;

        private final @Nullable String contentType;

        private final Next next;

        /** No more of the first bytes than it takes to tell that they are no byte order mark, for more may come late. */
        private final byte[] start = new byte[FetchText.MARK];

        private int started;

        private @Nullable LineReader reader;

        Lines(int maxLength, @Nullable String contentType, Next next) {
            this.maxLength = maxLength;
            this.contentType = contentType;
            this.next = next;
        }

        @Override
        public @Nullable String get() {
            try {
                LineReader current = reader;
                if (current == null) {
                    current = open();
                    reader = current;
                }
                return next.of(current);
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

        private LineReader open() throws IOException {
            while (started < start.length && FetchText.mayBecomeMark(start, started)) {
                int read = in.read();
                if (read < 0) {
                    break;
                }
                start[started++] = (byte) read;
            }
            FetchText.Marked marked = FetchText.charset(start, started, contentType);
            InputStream text = new ByteArrayInputStream(start, marked.length(), started - marked.length());
            return new LineReader(
                    new InputStreamReader(new SequenceInputStream(text, in), marked.charset()), maxLength);
        }

        /** Which line is wanted. */
        @FunctionalInterface
        private interface Next {

            @Nullable
            String of(LineReader lines) throws IOException;
        }
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
