package dev.asyncloop.websocket;

import dev.asyncloop.Promise;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Waits in a server's pipeline for the answer to the request whose handshake is accepted. When Reactor Netty writes it, with
 * status 101 and the framework's headers, the handshake's own are put in, and from there on the connection is a
 * {@link Wire}'s. For Reactor Netty the request is over then, so it lets go of everything that belongs to it. All on the
 * event loop.
 */
final class Takeover extends ChannelDuplexHandler {

    private final LoopWebSocket socket;

    private final ServerHandshake.Agreement agreement;

    private final Promise<WebSocket> promise;

    private final Promise<@Nullable Void> life;

    Takeover(
            LoopWebSocket socket,
            ServerHandshake.Agreement agreement,
            Promise<WebSocket> promise,
            Promise<@Nullable Void> life) {
        this.socket = socket;
        this.agreement = agreement;
        this.promise = promise;
        this.life = life;
    }

    void begin(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        if (!channel.isActive()) {
            fail("the client has gone");
        } else if (!Frames.isHttp1(pipeline)) {
            fail("the connection does not speak HTTP/1.1");
        } else if (pipeline.get(Takeover.class) != null || pipeline.get(Wire.class) != null) {
            fail("the connection was accepted already");
        } else {
            channel.config().setAutoRead(false); // what comes from now on is for the wire
            pipeline.addBefore(NettyPipeline.ReactiveBridge, "webSocketTakeover", this);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise written) throws Exception {
        if (!(message instanceof HttpResponse response) || response.status().equals(HttpResponseStatus.CONTINUE)) {
            super.write(context, message, written);
        } else if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            context.executor().execute(() -> takeOver(context, response, written)); // not while HTTP is decoded
        } else {
            context.channel().config().setAutoRead(true); // as it is while Reactor Netty waits for a request
            context.pipeline().remove(this);
            fail("the answer has become " + response.status());
            super.write(context, message, written);
        }
    }

    private void takeOver(ChannelHandlerContext context, HttpResponse response, ChannelPromise written) {
        if (!context.channel().isActive()) {
            written.setFailure(new ClosedChannelException());
            return; // this has been told
        }
        answer(response.headers());
        ChannelPipeline pipeline = context.pipeline();
        Frames.removeTraffic(pipeline);
        context.writeAndFlush(response, written);
        context.channel().config().setAutoRead(false); // again: the end of the request has turned it on
        Frames.takeOverServer(pipeline, socket.wire());
        pipeline.remove(this);
        socket.wire().start();
        life.onCancel(socket::goAway);
        if (!promise.succeed(socket)) {
            socket.goAway(); // was cancelled at the same moment
        }
    }

    private void answer(HttpHeaders headers) {
        headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
        agreement.more().forEach(header -> headers.add(header.getKey(), header.getValue()));
        agreement.answer().forEach(header -> headers.set(header.getKey(), header.getValue()));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        fail("the client has gone");
        super.channelInactive(context);
    }

    private void fail(String why) {
        End end = new End(CloseStatus.LOST, "was not opened: " + why, false, null);
        socket.neverOpened(end);
        promise.fail(end.forReceiver(socket));
    }
}
