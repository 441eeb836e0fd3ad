package dev.asyncloop.spring.connection;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;

/**
 * Closes a connection at once when the client has closed it although there are bytes before that which nobody has read: a
 * body that the handler does not want, or many requests that wait behind the present one.
 *
 * <p>While nobody reads, the kernel still reports the end of a connection, and Netty then reads once more, unasked, but not up
 * to that end. That read is what is seen here. First in the pipeline.
 */
final class GoneClientHandler extends ChannelDuplexHandler {

    private boolean wanted;

    @Override
    public void read(ChannelHandlerContext context) {
        wanted = true;
        context.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!wanted && PeerState.hasClosed(context.channel())) {
            ReferenceCountUtil.release(message);
            context.close();
            return;
        }
        context.fireChannelRead(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        wanted = false; // where the channel reads on by itself, it asks again after this
        context.fireChannelReadComplete();
    }
}
