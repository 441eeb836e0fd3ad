package dev.asyncloop.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A body in gzip or deflate that is decompressed where it is read: a few bytes may become very many, and on the event loop
 * nobody could say how many of these the reader wants. A wait that is cancelled loses nothing.
 */
final class DecompressedBody implements Supplier<byte @Nullable []> {

    /** So many bytes are decompressed at a time; they become a thousand times as many at most. */
    private static final int SLICE = 512;

    private final Supplier<byte @Nullable []> compressed;

    private final Function<Exception, RuntimeException> onFailure;

    private final EmbeddedChannel decoder;

    /** Arrays, which need not be released by a reader that gives up. */
    private final Deque<byte[]> decompressed = new ArrayDeque<>();

    private byte[] piece = {};

    private int position;

    private boolean hasBegun;

    private boolean ended;

    private @Nullable RuntimeException failure;

    /**
     * Makes a body.
     * @param compressed waits for the next piece; {@code null} at the end
     * @param onFailure told that it can't be decompressed; gives what is thrown
     */
    DecompressedBody(
            String coding, Supplier<byte @Nullable []> compressed, Function<Exception, RuntimeException> onFailure) {
        this.decoder = ZlibCoding.newDecoder(coding);
        this.compressed = compressed;
        this.onFailure = onFailure;
    }

    @Override
    public byte @Nullable [] get() {
        while (decompressed.isEmpty()) {
            if (failure != null) {
                throw failure;
            }
            if (position == piece.length) {
                byte[] next = compressed.get();
                if (next == null) {
                    end();
                    return null;
                }
                piece = next;
                position = 0;
            }
            decompress();
        }
        return decompressed.poll();
    }

    private void decompress() {
        int length = Math.min(SLICE, piece.length - position);
        hasBegun |= length > 0;
        try {
            decoder.writeInbound(Unpooled.wrappedBuffer(piece, position, length));
        } catch (Exception ex) {
            fail(ex);
        }
        position += length;
        ByteBuf buffer;
        while ((buffer = decoder.readInbound()) != null) {
            decompressed.add(ByteBufUtil.getBytes(buffer));
            buffer.release();
        }
        if (failure != null) {
            release();
        }
    }

    private void release() {
        try {
            decoder.finishAndReleaseAll();
        } catch (Exception ex) {
            // what was wrong with the body has been told
        }
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        try {
            if (hasBegun) {
                ZlibCoding.requireEnd(decoder);
            }
        } catch (Exception ex) {
            throw fail(ex);
        } finally {
            release();
        }
    }

    private RuntimeException fail(Exception cause) {
        RuntimeException told = onFailure.apply(cause);
        failure = told;
        return told;
    }
}
