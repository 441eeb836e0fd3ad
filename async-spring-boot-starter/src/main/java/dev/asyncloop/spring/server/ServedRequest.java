package dev.asyncloop.spring.server;

import io.netty.handler.codec.http.cookie.Cookie;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.http.support.Netty4HeadersAdapter;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import reactor.core.publisher.Flux;
import reactor.netty.ChannelOperationsId;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;

/** A request of reactor-netty as Spring sees it, whose URI is known. */
final class ServedRequest extends AbstractServerHttpRequest {

    /** The same as Spring's, so that what is logged of a request does not depend on whether its URI is known. */
    private static final Log LOG =
            LogFactory.getLog("org.springframework.http.server.reactive.ReactorServerHttpRequest");

    private static final AtomicLong COUNT = new AtomicLong();

    private final HttpServerRequest request;

    private final NettyDataBufferFactory bufferFactory;

    ServedRequest(HttpServerRequest request, URI uri, NettyDataBufferFactory bufferFactory) {
        super(
                HttpMethod.valueOf(request.method().name()),
                uri,
                null,
                new HttpHeaders(new Netty4HeadersAdapter(request.requestHeaders())));
        this.request = request;
        this.bufferFactory = bufferFactory;
    }

    @Override
    protected MultiValueMap<String, HttpCookie> initCookies() {
        MultiValueMap<String, HttpCookie> cookies = new LinkedMultiValueMap<>();
        for (Map.Entry<CharSequence, List<Cookie>> named : request.allCookies().entrySet()) {
            String name = named.getKey().toString();
            for (Cookie cookie : named.getValue()) {
                cookies.add(name, new HttpCookie(name, cookie.value()));
            }
        }
        return cookies;
    }

    @Override
    public @Nullable InetSocketAddress getLocalAddress() {
        return request.hostAddress();
    }

    @Override
    public @Nullable InetSocketAddress getRemoteAddress() {
        return request.remoteAddress();
    }

    /** The URI of one that comes by TLS is not known. */
    @Override
    protected @Nullable SslInfo initSslInfo() {
        return null;
    }

    @Override
    public Flux<DataBuffer> getBody() {
        return request.receive().retain().map(bufferFactory::wrap);
    }

    @SuppressWarnings("unchecked")
    @Override
    public <T> T getNativeRequest() {
        return (T) request;
    }

    @Override
    protected String initId() {
        return ((Connection) request).channel().id().asShortText() + "-" + COUNT.incrementAndGet();
    }

    @Override
    protected String initLogPrefix() {
        if (request instanceof ChannelOperationsId id) {
            return LOG.isDebugEnabled() ? id.asLongText() : id.asShortText();
        }
        return getId();
    }
}
