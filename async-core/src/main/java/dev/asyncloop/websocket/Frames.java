package dev.asyncloop.websocket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
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

    static boolean isHttp1(ChannelPipeline pipeline) {
        return pipeline.get(HttpServerCodec.class) != null && pipeline.get(NettyPipeline.ReactiveBridge) != null;
    }

    /** What stands between an answer of HTTP and its encoder, but for those that only look at it. */
    static void removeTraffic(ChannelPipeline pipeline) {
        remove(pipeline, NettyPipeline.HttpTrafficHandler);
        remove(pipeline, NettyPipeline.CompressionHandler);
        if (pipeline.get(HttpServerUpgradeHandler.class) != null) {
            pipeline.remove(HttpServerUpgradeHandler.class);
        }
    }

    /** Right after the answer; what has come behind the request is still in the codec. */
    static void takeOverServer(ChannelPipeline pipeline, Wire wire) {
        String http = pipeline.context(HttpServerCodec.class).name();
        pipeline.addAfter(http, DECODER, wire.decoder());
        pipeline.addAfter(DECODER, "webSocketEncoder", new WebSocket13FrameEncoder(false));
        pipeline.addAfter("webSocketEncoder", "webSocket", wire);
        remove(pipeline, NettyPipeline.AccessLogHandler);
        pipeline.remove(http);
    }

    private static void remove(ChannelPipeline pipeline, String name) {
        if (pipeline.get(name) != null) {
            pipeline.remove(name);
        }
    }
}
