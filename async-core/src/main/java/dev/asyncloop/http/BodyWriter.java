package dev.asyncloop.http;

import java.nio.charset.StandardCharsets;

/**
 * Where a {@link BodyProducer} puts the body of a request. Used by the producer's coroutine and its children, first come,
 * first served. Tornado's {@code write} argument of a {@code body_producer}.
 */
public interface BodyWriter {

    /**
     * Waits until the connection has room, and writes bytes, which may be changed afterwards.
     * @throws java.util.concurrent.CancellationException if the fetch has ended, or its server wants no more
     * @throws IllegalStateException if more is written than was announced
     */
    void write(byte[] bytes, int offset, int length);

    /** As {@link #write(byte[], int, int)}, all of them. */
    default void write(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    /** As {@link #write(byte[], int, int)}, encoded as UTF-8. */
    default void write(String text) {
        write(text.getBytes(StandardCharsets.UTF_8));
    }
}
