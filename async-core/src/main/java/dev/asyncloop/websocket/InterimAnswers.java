package dev.asyncloop.websocket;

import dev.asyncloop.internal.connect.InterimResponses;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import reactor.netty.NettyPipeline;

/** Leaves out what comes before the answer to a handshake. Leaves the pipeline when the answer comes. */
final class InterimAnswers extends ChannelInboundHandlerAdapter {

    private final InterimResponses interim = new InterimResponses();

    private InterimAnswers() {}

    /** Takes its place in a pipeline, behind the codec. */
    static void install(ChannelPipeline pipeline) {
        pipeline.addBefore(NettyPipeline.ReactiveBridge, "interimAnswers", new InterimAnswers());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (interim.take(context, message)) {
            return;
        }
        if (message instanceof HttpResponse answer && !answer.status().equals(HttpResponseStatus.CONTINUE)) {
            context.pipeline().remove(this);
        }
        context.fireChannelRead(message);
    }
}
