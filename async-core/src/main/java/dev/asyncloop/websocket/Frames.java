package dev.asyncloop.websocket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.ReactorNetty;
import reactor.util.context.Context;

/** Turns a pipeline of HTTP into one of frames, with a {@link Wire} that takes them before Reactor Netty sees any. */
final class Frames {

    private static final String DECODER = "webSocketDecoder";

    private Frames() {}

    /** Right after the head of the answer has come; what has come behind it is still in the codec. */
    static void takeOverClient(ChannelPipeline pipeline, Wire wire) {
        HttpClientCodec http = (HttpClientCodec) pipeline.get(NettyPipeline.HttpCodec);
        http.removeOutboundHandler();
        pipeline.addAfter(NettyPipeline.HttpCodec, DECODER, wire.decoder());
        pipeline.addAfter(DECODER, "webSocketEncoder", new WebSocket13FrameEncoder(true));
        remove(pipeline, NettyPipeline.HttpDecompressor);
        pipeline.addBefore(NettyPipeline.ReactiveBridge, "webSocket", wire);
        letGo(pipeline.channel());
        pipeline.channel().eventLoop().execute(() -> remove(pipeline, NettyPipeline.HttpCodec)); // not while it decodes
    }

    /** The request, its answer and all that waits for the end of it: for as long as the connection lasts that is much. */
    private static void letGo(Channel channel) {
        channel.pipeline().remove(NettyPipeline.ReactiveBridge);
        Connection nothingElse = () -> channel;
        nothingElse.bind();
        ReactorNetty.setChannelContext(channel, Context.empty());
    }

    /** Right after the handshake, so that the frame decoder there is has seen nothing yet. */
    static void takeOverServer(ChannelPipeline pipeline, Wire wire) {
        pipeline.replace(WebSocketFrameDecoder.class, DECODER, wire.decoder());
        remove(pipeline, NettyPipeline.WsFrameAggregator);
        pipeline.addBefore(NettyPipeline.ReactiveBridge, "webSocket", wire);
    }

    private static void remove(ChannelPipeline pipeline, String name) {
        if (pipeline.get(name) != null) {
            pipeline.remove(name);
        }
    }
}
