package dev.asyncloop.spring.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Remembers that bytes have come which Netty's codec may have made nothing of yet. In front of the codec.
 */
final class BytesSeen extends ChannelInboundHandlerAdapter {

    private boolean any;

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        any = true;
        context.fireChannelRead(bytes);
    }

    /** Returns whether any have come since this was asked last. */
    boolean takeAny() {
        boolean before = any;
        any = false;
        return before;
    }
}
