package dev.asyncloop.http;

import dev.asyncloop.internal.connect.InterimResponses;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Sees what comes on a connection before Reactor Netty does.
 *
 * <ul>
 *   <li>Leaves out {@linkplain InterimResponses what comes before the response proper}.
 *   <li>Tells a hop of 100 (Continue), and of a connection that can't be secured or breaks before there is a response.
 *       Reactor Netty would log a warning beside the failure that its user gets.
 * </ul>
 */
final class HopHandler extends ChannelInboundHandlerAdapter {

    private static final int CONTINUE = 100;

    private final InterimResponses interim = new InterimResponses();

    /** What was sent on this connection last. */
    private @Nullable Hop hop;

    private HopHandler() {}

    /**
     * Takes its place in a pipeline, behind the codec. Where the TLS handshake chooses the version of HTTP, that has come
     * only after the handshake: then this leaves the place it had until then.
     */
    static void install(ChannelPipeline pipeline) {
        HopHandler before = pipeline.get(HopHandler.class);
        if (before != null) {
            pipeline.remove(before);
        }
        pipeline.addBefore(NettyPipeline.ReactiveBridge, "hop", new HopHandler());
    }

    /** Has a hop told what happens on a connection from now on. */
    static @Nullable HopHandler serve(Channel channel, Hop hop) {
        HopHandler handler = channel.pipeline().get(HopHandler.class);
        if (handler != null) {
            handler.hop = hop;
        }
        return handler;
    }

    /** Forgets a hop that has ended, and the body that it has collected: this may wait long for the next one. */
    void forget(Hop ended) {
        if (hop == ended) {
            hop = null;
        }
    }

    /** Returns whether a body is left in the coding in which it comes, as its reader decompresses it. */
    static boolean leavesCompressed(ChannelPipeline pipeline, HttpResponse head, String coding) {
        HopHandler handler = pipeline.get(HopHandler.class);
        Hop current = handler == null ? null : handler.hop;
        return current != null && current.takesCompressed(head.status().code(), new Headers(head.headers()), coding);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (interim.take(context, message)) {
            return;
        }
        if (message instanceof HttpResponse response) {
            Hop current = hop;
            if (current != null && response.status().code() == CONTINUE) {
                current.goOn();
            } else if (current != null
                    && response.decoderResult().isFailure()
                    && current.broken(
                            context.channel(), response.decoderResult().cause())) {
                ReferenceCountUtil.release(message);
                return;
            }
        }
        context.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        Hop current = hop;
        hop = null;
        if (current != null) {
            current.broken(context.channel(), new ConnectionLostException("the server has closed the connection"));
        }
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Hop current = hop;
        if (current == null) {
            if (!Hop.failConnecting(context.channel(), cause)) {
                context.fireExceptionCaught(cause);
            }
            return;
        }
        Throwable lost = cause instanceof IOException ? new ConnectionLostException(cause) : cause;
        if (!current.broken(context.channel(), lost)) {
            context.fireExceptionCaught(cause);
        }
    }

    /** The connection has gone before there was a response. */
    static final class ConnectionLostException extends IOException {

        private static final long serialVersionUID = 1L;

        ConnectionLostException(String message) {
            super(message);
        }

        ConnectionLostException(Throwable cause) {
            super(cause.getMessage(), cause);
        }
    }
}
