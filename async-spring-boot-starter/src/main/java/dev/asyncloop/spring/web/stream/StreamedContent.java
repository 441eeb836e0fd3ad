package dev.asyncloop.spring.web.stream;

import dev.asyncloop.http.BodyInputStream;
import dev.asyncloop.http.LineReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.server.ContentTooLargeException;

/**
 * Content of a request that is read as it comes, once, in one way, by one reader at a time. Waiting gives way in a coroutine,
 * and blocks any other thread, such as one of {@code runInExecutor}, but for event loops, where it fails with
 * {@link IllegalStateException}. The client is held back by the reader.
 */
public abstract sealed class StreamedContent permits RequestStream, StreamedPart {

    private static final int MAX_LINE = 1024 * 1024;

    private static final int MAX_TEXT = 256 * 1024;

    private boolean used;

    StreamedContent() {}

    /** Returns the headers. */
    public abstract HttpHeaders headers();

    /** Waits for the next piece; {@code null} at the end. */
    abstract byte @Nullable [] take();

    final void use() {
        if (used) {
            throw new IllegalStateException(this + " is being read already; it is read once, in one way");
        }
        used = true;
    }

    /**
     * Returns the content in the pieces in which it comes; each step waits for the next one.
     * @throws IllegalStateException if it is being read in another way
     */
    public final Iterable<byte[]> chunks() {
        use();
        return () -> new Steps<>(this::take);
    }

    /**
     * Returns the content. Closing it does nothing.
     * @throws IllegalStateException if it is being read in another way
     */
    public final InputStream inputStream() {
        use();
        return new BodyInputStream(this::take, () -> {});
    }

    /**
     * As {@link #lines(int)}, with lines of up to 1,048,576 characters.
     * @throws IllegalStateException if it is being read in another way
     */
    public final Iterable<String> lines() {
        return lines(MAX_LINE);
    }

    /**
     * Returns the lines without their ends (LF, CR or CRLF), in the charset of the content type, by default UTF-8; each step
     * waits for the next one. A longer line ends that with {@link ContentTooLargeException}, which is answered with 413.
     * @throws IllegalStateException if it is being read in another way
     */
    public final Iterable<String> lines(int maxLength) {
        if (maxLength <= 0) {
            throw new IllegalArgumentException("maxLength must be positive, but was " + maxLength);
        }
        InputStream in = inputStream();
        return () -> new Steps<>(lines(new LineReader(new InputStreamReader(in, charset()), maxLength)));
    }

    private static Supplier<@Nullable String> lines(LineReader lines) {
        return () -> {
            try {
                return lines.next();
            } catch (LineReader.LineTooLongException ex) {
                throw new ContentTooLargeException(ex);
            } catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
        };
    }

    /**
     * Waits for all of the content.
     * @throws ContentTooLargeException if there are more bytes than that; it is answered with 413
     * @throws IllegalStateException if it is being read in another way
     */
    public final byte[] bytes(int max) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] chunk : chunks()) {
            if (chunk.length > max - all.size()) {
                throw tooLarge(this, max);
            }
            all.writeBytes(chunk);
        }
        return all.toByteArray();
    }

    /**
     * Waits for all of the content, of up to 256 KiB, as text in the charset of the content type, by default UTF-8. For more
     * there is {@link #bytes}.
     * @throws ContentTooLargeException if there is more; it is answered with 413
     * @throws IllegalStateException if it is being read in another way
     */
    public final String text() {
        return new String(bytes(MAX_TEXT), charset());
    }

    private Charset charset() {
        MediaType type = headers().getContentType();
        Charset charset = type != null ? type.getCharset() : null;
        return charset != null ? charset : StandardCharsets.UTF_8;
    }

    static ContentTooLargeException tooLarge(Object content, long max) {
        return new ContentTooLargeException(
                new IOException(content + " is larger than the " + max + " bytes that are allowed"));
    }

    /** What a supplier gives until that is {@code null}. */
    static final class Steps<T> implements Iterator<T> {

        private final Supplier<@Nullable T> source;

        private @Nullable T next;

        private boolean ended;

        Steps(Supplier<@Nullable T> source) {
            this.source = source;
        }

        @Override
        public boolean hasNext() {
            if (next == null && !ended) {
                next = source.get();
                ended = next == null;
            }
            return next != null;
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the content has come to its end");
            }
            T item = Objects.requireNonNull(next);
            next = null;
            return item;
        }
    }
}
