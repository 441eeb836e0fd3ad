package dev.asyncloop.spring.server;

import io.netty.handler.codec.http.cookie.Cookie;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.RequestPath;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.http.support.Netty4HeadersAdapter;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import reactor.core.publisher.Flux;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;

/** A request of reactor-netty as Spring sees it, whose URI is known. */
public final class ServedRequest extends AbstractServerHttpRequest {

    private static final AtomicLong COUNT = new AtomicLong();

    private final HttpServerRequest request;

    private final KnownUri uri;

    private final NettyDataBufferFactory bufferFactory;

    private @Nullable UnaryOperator<Flux<DataBuffer>> around;

    ServedRequest(HttpServerRequest request, KnownUri uri, NettyDataBufferFactory bufferFactory) {
        super(
                HttpMethod.valueOf(request.method().name()),
                uri.uri(),
                null,
                new HttpHeaders(new Netty4HeadersAdapter(request.requestHeaders())));
        this.request = request;
        this.uri = uri;
        this.bufferFactory = bufferFactory;
    }

    @Override
    public RequestPath getPath() {
        return uri.path();
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
        Flux<DataBuffer> body = request.receive().retain().map(bufferFactory::wrap);
        return around != null ? around.apply(body) : body;
    }

    /** Has the body read through what this makes of it. Before anybody reads it. */
    public void readBodyThrough(UnaryOperator<Flux<DataBuffer>> around) {
        UnaryOperator<Flux<DataBuffer>> inner = this.around;
        this.around = inner == null ? around : body -> around.apply(inner.apply(body));
    }

    @SuppressWarnings("unchecked")
    @Override
    public <T> T getNativeRequest() {
        return (T) request;
    }

    /** As Spring's, which counts without a zero in front: so none of them is another's, on one connection as well. */
    @Override
    protected String initId() {
        return ((Connection) request).channel().id().asShortText() + "-0" + COUNT.incrementAndGet();
    }
}
