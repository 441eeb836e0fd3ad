package dev.asyncloop.spring.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.core.Ordered;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/**
 * Gives each connection of the server the handlers that cut off who is slow or silent, and counts them.
 */
public final class ConnectionLimits implements NettyServerCustomizer, Ordered {

    private static final String WATCH = "ioloop.connectionWatch";

    private static final String BYTES = "ioloop.bytesSeen";

    private final @Nullable Duration idle;

    private final @Nullable Duration header;

    private final @Nullable Duration body;

    private final AtomicInteger open = new AtomicInteger();

    private final AtomicLong opened = new AtomicLong();

    /**
     * Makes limits for all connections; without a limit there is none.
     * @param idle how long a connection may be open without a request
     * @param header how long the head of a request may take from its first byte on
     * @param body how long the rest of a body may take after the answer
     */
    public ConnectionLimits(@Nullable Duration idle, @Nullable Duration header, @Nullable Duration body) {
        this.idle = idle;
        this.header = header;
        this.body = body;
    }

    /** Returns how many connections are open. Any thread. */
    public int open() {
        return open.get();
    }

    /** Returns how many were opened so far. Any thread. */
    public long opened() {
        return opened.get();
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public HttpServer apply(HttpServer server) {
        return server.doOnChannelInit((observer, channel, address) -> initialize(channel));
    }

    private void initialize(Channel channel) {
        opened.incrementAndGet();
        open.incrementAndGet();
        channel.closeFuture().addListener(closed -> open.decrementAndGet());
        ChannelPipeline pipeline = channel.pipeline();
        if (pipeline.get(NettyPipeline.H2OrHttp11Codec) != null) {
            pipeline.addBefore(NettyPipeline.ReactiveBridge, WATCH, new AfterHandshake());
        } else {
            watch(pipeline);
        }
    }

    private void watch(ChannelPipeline pipeline) {
        if (pipeline.get(NettyPipeline.HttpTrafficHandler) != null) {
            BytesSeen bytes = new BytesSeen();
            pipeline.addBefore(
                    pipeline.get(NettyPipeline.HttpCodec) != null
                            ? NettyPipeline.HttpCodec
                            : NettyPipeline.H2CUpgradeHandler,
                    BYTES,
                    bytes);
            pipeline.addBefore(NettyPipeline.HttpTrafficHandler, WATCH, new ConnectionWatch(idle, header, body, bytes));
        } else if (pipeline.get(NettyPipeline.H2MultiplexHandler) != null && idle != null) {
            pipeline.addBefore(NettyPipeline.H2MultiplexHandler, WATCH, new Http2IdleWatch(idle));
        }
    }

    /** Which protocol it is shows only after the handshake; this handler then gives way to the right one. */
    private final class AfterHandshake extends ChannelInboundHandlerAdapter {

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent) {
                ChannelPipeline pipeline = context.pipeline();
                pipeline.remove((ChannelHandler) this);
                watch(pipeline);
            }
            context.fireUserEventTriggered(event);
        }
    }
}
