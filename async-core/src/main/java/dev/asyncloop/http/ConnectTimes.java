package dev.asyncloop.http;

import dev.asyncloop.LoopClock;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.proxy.ProxyConnectionEvent;
import io.netty.util.AttributeKey;
import java.net.SocketAddress;
import java.util.Objects;
import reactor.netty.NettyPipeline;

/** Notes in the pipeline of a connection when it has come to what. */
final class ConnectTimes extends ChannelDuplexHandler {

    private static final AttributeKey<ConnectTimes> KEY = AttributeKey.valueOf(ConnectTimes.class.getName());

    private final LoopClock clock;

    private boolean isConnected;

    private boolean isReady;

    private boolean isSecured;

    private long connected;

    private long ready;

    private ConnectTimes(LoopClock clock) {
        this.clock = clock;
    }

    static void note(Channel channel, LoopClock clock) {
        ConnectTimes times = new ConnectTimes(clock);
        channel.attr(KEY).set(times);
        channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, "connectTimes", times);
    }

    static ConnectTimes of(Channel channel) {
        return Objects.requireNonNull(channel.attr(KEY).get(), "no times of the connection");
    }

    /** Returns when the connection could be used, in the clock's nanoseconds. */
    long ready() {
        return ready;
    }

    /** Returns how long it took to secure it, up to a time if that goes on. */
    long tls(long until) {
        return isSecured && isConnected ? (isReady ? ready : until) - connected : 0;
    }

    @Override
    public void connect(
            ChannelHandlerContext context, SocketAddress remote, SocketAddress local, ChannelPromise promise) {
        isSecured = context.pipeline().get(NettyPipeline.SslHandler) != null;
        promise.addListener((ChannelFutureListener) done -> {
            if (done.isSuccess()) {
                connected();
            }
        });
        context.connect(remote, local, promise);
    }

    private void connected() {
        isConnected = true;
        connected = clock.nanoTime();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ProxyConnectionEvent) {
            connected();
        }
        context.fireUserEventTriggered(event);
    }

    /** Comes only when the connection is secured. */
    @Override
    public void channelActive(ChannelHandlerContext context) {
        isReady = true;
        ready = clock.nanoTime();
        context.fireChannelActive();
    }
}
