package dev.asyncloop.internal.connect;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Resolves the name of a proxy on the loop, where Netty's handler for the proxy would take its address as it is. */
final class ProxyAddressHandler extends ChannelOutboundHandlerAdapter {

    private final Names names;

    ProxyAddressHandler(Names names) {
        this.names = names;
    }

    @Override
    public void connect(
            ChannelHandlerContext context, SocketAddress remote, SocketAddress local, ChannelPromise promise) {
        names.ofProxy((InetSocketAddress) remote).addListener((Future<InetSocketAddress> found) -> {
            if (found.isSuccess()) {
                context.connect(found.getNow(), local, promise);
            } else {
                promise.tryFailure(found.cause());
                context.close();
            }
        });
    }
}
