package dev.asyncloop.spring.server;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.springframework.core.io.buffer.NettyDataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;

/**
 * Makes the buffers of answers that are sent as a whole. A short one is copied by Netty into the buffer of the answer's head: it
 * is not worth a place in the pool.
 */
final class AnswerBuffers extends NettyDataBufferFactory {

    /** In bytes; that of {@code HttpObjectEncoder}. */
    private static final int SHORT = 128;

    AnswerBuffers(ByteBufAllocator allocator) {
        super(allocator);
    }

    @Override
    public NettyDataBuffer allocateBuffer(int capacity) {
        return capacity <= SHORT ? wrap(Unpooled.buffer(capacity)) : super.allocateBuffer(capacity);
    }
}
