package dev.asyncloop.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Collects a body as it comes, up to a limit. */
final class BodyBuffer {

    private static final byte[] EMPTY = new byte[0];

    private final long limit;

    private byte[] bytes = EMPTY;

    private int size;

    BodyBuffer(long limit) {
        this.limit = Math.min(limit, Integer.MAX_VALUE - 8);
    }

    /** Adds a piece, and leaves it to its owner to release. */
    void add(ByteBuf piece) {
        int length = piece.readableBytes();
        if (size + (long) length > limit) {
            throw new TooLargeException();
        }
        if (size + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(limit, Math.max(size + (long) length, 2L * bytes.length)));
        }
        piece.getBytes(piece.readerIndex(), bytes, size, length);
        size += length;
    }

    byte[] toBytes() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    /** The limit is exceeded. */
    static final class TooLargeException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        TooLargeException() {
            super(null, null, false, false);
        }
    }
}
