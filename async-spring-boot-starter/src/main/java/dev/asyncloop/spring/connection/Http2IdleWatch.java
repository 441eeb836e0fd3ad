package dev.asyncloop.spring.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2FrameCodec;
import java.time.Duration;

/**
 * Closes a connection with HTTP/2 that has no streams, and has been silent for too long. Reactor Netty's own limit would
 * count a request that is being handled as silence.
 */
final class Http2IdleWatch extends ChannelInboundHandlerAdapter {

    private final Duration idle;

    private final ConnectionTimer timer = new ConnectionTimer(this::expired);

    @SuppressWarnings("NullAway.Init") // before anything else
    private ChannelHandlerContext context;

    Http2IdleWatch(Duration idle) {
        this.idle = idle;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
        timer.limit(context, idle);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        timer.stop();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        timer.lift();
        timer.stop();
        context.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
        timer.limit(context, idle);
        context.fireChannelRead(frame);
    }

    /** Among them that a stream has begun or ended. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        timer.limit(context, idle);
        context.fireUserEventTriggered(event);
    }

    private void expired() {
        Http2FrameCodec codec = context.pipeline().get(Http2FrameCodec.class);
        if (codec != null && codec.connection().numActiveStreams() > 0) {
            timer.limit(context, idle);
        } else {
            context.channel().close();
        }
    }
}
