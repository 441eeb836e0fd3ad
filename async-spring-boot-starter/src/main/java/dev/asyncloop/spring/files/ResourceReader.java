package dev.asyncloop.spring.files;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import org.springframework.core.io.Resource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.SynchronousSink;

/** Reads a part of a resource in chunks. By one thread at a time, which may wait for a disk. */
final class ResourceReader {

    private static final int CHUNK = 16 * 1024;

    private final Resource resource;

    private final ReadableByteChannel channel;

    private final long count;

    private long sent;

    private ResourceReader(Resource resource, ReadableByteChannel channel, long count) {
        this.resource = resource;
        this.channel = channel;
        this.count = count;
    }

    /**
     * Opens a resource.
     * @param position where to begin; a file goes there, anything else is read up to there
     * @param count how many bytes to read, or -1 for all there are
     */
    static ResourceReader open(Resource resource, long position, long count) throws IOException {
        ReadableByteChannel channel = resource.readableChannel();
        try {
            Channels.newInputStream(channel).skipNBytes(position);
        } catch (Throwable ex) {
            channel.close();
            throw ex;
        }
        return new ResourceReader(resource, channel, count);
    }

    /**
     * Signals the next chunk, or the end; both at once where it is known that the chunk is the last, for then the client knows that,
     * too, and may send its next request. A resource that has become shorter than it was is an error.
     */
    void read(DataBufferFactory buffers, SynchronousSink<DataBuffer> sink) {
        if (sent == count) {
            sink.complete();
            return;
        }
        int size = (int) (count < 0 ? CHUNK : Math.min(CHUNK, count - sent));
        DataBuffer buffer = buffers.allocateBuffer(size);
        boolean handedOn = false;
        try {
            int length = readInto(buffer, size);
            if (length >= 0) {
                sent += length;
                buffer.writePosition(length);
                handedOn = true;
                sink.next(buffer);
                if (sent == count) {
                    sink.complete();
                }
            } else if (count < 0) {
                sink.complete();
            } else {
                sink.error(new EOFException(resource + " ended after " + sent + " of " + count + " bytes"));
            }
        } catch (IOException ex) {
            sink.error(ex);
        } finally {
            if (!handedOn) {
                DataBufferUtils.release(buffer);
            }
        }
    }

    private int readInto(DataBuffer buffer, int size) throws IOException {
        try (DataBuffer.ByteBufferIterator targets = buffer.writableByteBuffers()) {
            ByteBuffer target = targets.next();
            target.limit(Math.min(target.limit(), target.position() + size));
            return channel.read(target);
        }
    }

    /** After the last chunk, or when nobody wants more: then perhaps on the event loop, but closing what is only read does not wait. */
    void close() {
        try {
            channel.close();
        } catch (IOException ex) {
            // all that was wanted of it has been read
        }
    }
}
