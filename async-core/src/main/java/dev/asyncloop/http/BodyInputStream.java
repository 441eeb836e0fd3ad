package dev.asyncloop.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A streamed body as an {@code InputStream}. By one reader at a time, which waits as whoever gives the pieces lets it wait.
 */
public final class BodyInputStream extends InputStream {

    private final Supplier<byte @Nullable []> pieces;

    private final Runnable onClose;

    private byte @Nullable [] piece;

    private int position;

    /**
     * Makes a stream of pieces, which may be empty.
     * @param pieces waits for the next one; {@code null} at the end
     * @param onClose called by {@link #close}
     */
    public BodyInputStream(Supplier<byte @Nullable []> pieces, Runnable onClose) {
        this.pieces = pieces;
        this.onClose = onClose;
    }

    @Override
    public int read() throws IOException {
        byte[] current = current();
        return current == null ? -1 : current[position++] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        byte[] current = current();
        if (current == null) {
            return -1;
        }
        int count = Math.min(length, current.length - position);
        System.arraycopy(current, position, bytes, offset, count);
        position += count;
        return count;
    }

    @Override
    public int available() {
        return piece == null ? 0 : piece.length - position;
    }

    /** Returns a piece with something left to read, or {@code null} at the end. */
    private byte @Nullable [] current() throws IOException {
        while (piece == null || position == piece.length) {
            try {
                piece = pieces.get();
            } catch (FetchException ex) {
                throw new IOException(ex.getMessage(), ex); // what users of streams expect
            }
            position = 0;
            if (piece == null) {
                return null;
            }
        }
        return piece;
    }

    @Override
    public void close() {
        onClose.run();
    }
}
