package dev.asyncloop.spring.web;

import java.net.InetSocketAddress;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpCookie;
import org.springframework.http.server.RequestPath;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.util.MultiValueMap;
import reactor.core.publisher.Flux;

/** Another request with something around its body. Not a decorator, to which Spring gives no attributes. */
final class RequestWithBody extends AbstractServerHttpRequest {

    private final ServerHttpRequest request;

    private final UnaryOperator<Flux<DataBuffer>> around;

    RequestWithBody(ServerHttpRequest request, UnaryOperator<Flux<DataBuffer>> around) {
        super(request.getMethod(), request.getURI(), null, request.getHeaders());
        this.request = request;
        this.around = around;
    }

    @Override
    public Flux<DataBuffer> getBody() {
        return around.apply(request.getBody());
    }

    @Override
    public RequestPath getPath() {
        return request.getPath(); // not before somebody asks: it may make no sense
    }

    @Override
    public MultiValueMap<String, String> getQueryParams() {
        return request.getQueryParams();
    }

    @Override
    public String getId() {
        return request.getId();
    }

    @Override
    protected MultiValueMap<String, HttpCookie> initCookies() {
        return request.getCookies();
    }

    @Override
    protected @Nullable SslInfo initSslInfo() {
        return request.getSslInfo();
    }

    @Override
    public @Nullable InetSocketAddress getLocalAddress() {
        return request.getLocalAddress();
    }

    @Override
    public @Nullable InetSocketAddress getRemoteAddress() {
        return request.getRemoteAddress();
    }

    @Override
    public <T> T getNativeRequest() {
        return ServerHttpRequestDecorator.getNativeRequest(request);
    }
}
