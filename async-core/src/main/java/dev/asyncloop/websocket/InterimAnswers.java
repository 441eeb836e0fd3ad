package dev.asyncloop.websocket;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import reactor.netty.NettyPipeline;

/**
 * Leaves out what comes before the answer to a handshake, such as 103 (Early Hints). Reactor Netty does so with 100, and takes
 * any other for the answer. Leaves the pipeline when the answer comes.
 */
final class InterimAnswers extends ChannelInboundHandlerAdapter {

    private static final int CONTINUE = 100;

    private static final int SWITCHING_PROTOCOLS = 101;

    private boolean within;

    private InterimAnswers() {}

    /** Takes its place in a pipeline, behind the codec. */
    static void install(ChannelPipeline pipeline) {
        pipeline.addBefore(NettyPipeline.ReactiveBridge, "interimAnswers", new InterimAnswers());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpResponse response) {
            within = isInterim(response);
            if (!within && response.status().code() != CONTINUE) {
                context.pipeline().remove(this);
            }
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
        return response.decoderResult().isSuccess()
                && HttpStatusClass.INFORMATIONAL.contains(status)
                && status != CONTINUE
                && status != SWITCHING_PROTOCOLS;
    }
}
