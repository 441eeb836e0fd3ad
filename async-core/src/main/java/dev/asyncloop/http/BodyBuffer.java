package dev.asyncloop.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Collects a body as it comes, up to a limit. A body that comes in one piece is copied once. */
final class BodyBuffer {

    private static final byte[] EMPTY = new byte[0];

    private final int limit;

    private byte[] bytes = EMPTY;

    private int size;

    BodyBuffer(long limit) {
        this.limit = (int) Math.min(limit, Integer.MAX_VALUE - 8);
    }

    /**
     * Adds a piece, and leaves it to its owner to release.
     * @return whether the body is still within the limit
     */
    boolean add(ByteBuf piece) {
        int length = piece.readableBytes();
        if (length > limit - size) {
            return false;
        }
        if (size + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(limit, Math.max(size + length, 2L * bytes.length)));
        }
        piece.getBytes(piece.readerIndex(), bytes, size, length);
        size += length;
        return true;
    }

    /** Returns whether a body of this length is beyond the limit. */
    boolean isTooLong(long length) {
        return length > limit;
    }

    byte[] toBytes() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }
}
