package dev.asyncloop.internal.connect;

import dev.asyncloop.net.ProxyOptions;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/** Gives requests the form that a proxy wants: the whole URL, and what it asks of its own users. */
final class ForwardedRequests extends ChannelOutboundHandlerAdapter {

    private final String server;

    private final @Nullable String authorization;

    private ForwardedRequests(String server, @Nullable String authorization) {
        this.server = server;
        this.authorization = authorization;
    }

    static void addTo(ChannelPipeline pipeline, InetSocketAddress server, ProxyOptions proxy) {
        String host = HttpUtil.formatHostnameForHttp(server) + (server.getPort() == 80 ? "" : ":" + server.getPort());
        pipeline.addBefore(
                NettyPipeline.ReactiveBridge,
                "forwardedRequests",
                new ForwardedRequests("http://" + host, authorization(proxy)));
    }

    private static @Nullable String authorization(ProxyOptions proxy) {
        if (proxy.user() == null) {
            return null;
        }
        String credentials = proxy.user() + ":" + (proxy.password() == null ? "" : proxy.password());
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpRequest request) {
            request.setUri(server + (request.uri().startsWith("/") ? request.uri() : "/" + request.uri()));
            if (authorization != null) {
                request.headers().set("Proxy-Authorization", authorization);
            }
        }
        context.write(message, promise);
    }
}
