package dev.asyncloop.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import reactor.netty.NettyPipeline;

/**
 * Leaves out what comes before the response proper, such as 103 (Early Hints). Reactor Netty does so with 100, and takes
 * any other for the response.
 */
final class InterimResponses extends ChannelInboundHandlerAdapter {

    private static final int CONTINUE = 100;

    private static final int SWITCHING_PROTOCOLS = 101;

    private boolean within;

    static void leaveOut(ChannelPipeline pipeline) {
        pipeline.addBefore(NettyPipeline.ReactiveBridge, "interimResponses", new InterimResponses());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpResponse response) {
            within = isInterim(response);
        }
        if (!within) {
            context.fireChannelRead(message);
            return;
        }
        within = !(message instanceof LastHttpContent);
        ReferenceCountUtil.release(message);
        if (!within) {
            context.read(); // nobody above has seen anything, to ask for more
        }
    }

    private static boolean isInterim(HttpResponse response) {
        int status = response.status().code();
        return HttpStatusClass.INFORMATIONAL.contains(status) && status != CONTINUE && status != SWITCHING_PROTOCOLS;
    }
}
