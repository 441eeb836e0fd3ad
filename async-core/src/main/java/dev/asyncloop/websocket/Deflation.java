package dev.asyncloop.websocket;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Compresses and decompresses the messages of one connection (RFC 7692). Only on the event loop.
 *
 * <p>By hand and not with Netty's handlers: a message's size has to be limited after it was decompressed and whatever its
 * fragments, and an idle connection shall not pay for two embedded channels.
 */
final class Deflation {

    /** What ends a block that was flushed; not sent. */
    private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

    private static final int CHUNK = 8 * 1024;

    /** Whether what was sent before must not be known, or what comes will not need it. */
    private final boolean forgetsSent;

    private final boolean forgetsReceived;

    private @Nullable Deflater deflater;

    private @Nullable Inflater inflater;

    private boolean ended;

    Deflation(boolean forgetsSent, boolean forgetsReceived) {
        this.forgetsSent = forgetsSent;
        this.forgetsReceived = forgetsReceived;
    }

    /** Writes a message, compressed. */
    void deflate(byte[] message, ByteBuf to) {
        Deflater zip = deflater;
        if (zip == null) {
            zip = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
            deflater = zip;
        }
        zip.setInput(message);
        int start = to.writerIndex();
        byte[] chunk = new byte[Math.min(CHUNK, message.length + 64)];
        int count;
        do {
            count = zip.deflate(chunk, 0, chunk.length, Deflater.SYNC_FLUSH);
            to.writeBytes(chunk, 0, count);
        } while (count == chunk.length);
        int length = to.writerIndex() - start;
        if (length >= TAIL.length) {
            to.writerIndex(to.writerIndex() - TAIL.length);
        } else {
            to.writeByte(0); // an empty message: nothing to flush again
        }
        if (forgetsSent) {
            zip.end();
            deflater = null;
        }
    }

    /**
     * Decompresses a message.
     * @return {@code null} if it is larger than the limit
     * @throws DataFormatException if it was not compressed
     */
    byte @Nullable [] inflate(byte[] message, int limit) throws DataFormatException {
        Inflater zip = inflater;
        if (zip == null) {
            zip = new Inflater(true);
            inflater = zip;
        }
        byte[] complete = Arrays.copyOf(message, message.length + TAIL.length);
        System.arraycopy(TAIL, 0, complete, message.length, TAIL.length);
        zip.setInput(complete);
        byte[] result = new byte[(int) Math.min(limit, Math.max(64L, 3L * message.length))];
        int size = 0;
        while (true) {
            if (size == result.length && size < limit) {
                result = Arrays.copyOf(result, (int) Math.min(limit, 2L * size));
            }
            byte[] target = size < limit ? result : new byte[1]; // to see whether there is more
            int offset = size < limit ? size : 0;
            int count = zip.inflate(target, offset, target.length - offset);
            if (count > 0 && target != result) {
                return null;
            }
            size += count;
            if (zip.finished()) { // a last block, after which there may come another first one
                int rest = zip.getRemaining();
                zip.reset();
                zip.setInput(complete, complete.length - rest, rest);
            } else if (count == 0) {
                if (zip.needsDictionary()) {
                    throw new DataFormatException("a dictionary is needed");
                }
                break;
            }
        }
        if (forgetsReceived) {
            zip.end();
            inflater = null;
        }
        return size == result.length ? result : Arrays.copyOf(result, size);
    }

    /** Gives the native memory back. */
    void end() {
        if (ended) {
            return;
        }
        ended = true;
        if (deflater != null) {
            deflater.end();
        }
        if (inflater != null) {
            inflater.end();
        }
    }
}
