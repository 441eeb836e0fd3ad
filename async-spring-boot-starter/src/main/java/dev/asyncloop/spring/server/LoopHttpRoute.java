package dev.asyncloop.spring.server;

import io.netty.handler.codec.http.HttpMethod;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.reactivestreams.Publisher;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpLogging;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.function.SingletonSupplier;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * The last route of the web server, which all requests take that no other route does: to the application's
 * {@link HttpHandler}, through Spring's {@link ReactorHttpHandlerAdapter} where a URI is new, which is then known, and where
 * there is more to do than usual.
 *
 * <p>It is added to the application's own server, if that is of Spring Boot's own kind: what another kind puts around a handler
 * would not be around this one.
 */
public final class LoopHttpRoute implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, Ordered {

    private static final Log LOG = HttpLogging.forLogName(ReactorHttpHandlerAdapter.class);

    /** Where Spring says which buffers belong to which connection. */
    private static final Log BUFFERS =
            LogFactory.getLog("org.springframework.http.server.reactive.ReactorServerHttpResponse");

    private final Supplier<HttpHandler> handler;

    private final ReactorHttpHandlerAdapter standard = new ReactorHttpHandlerAdapter(this::handleAndLearn);

    private final KnownUris uris = new KnownUris();

    /**
     * Makes a route.
     * @param handler the application's, which is asked for once, with the first request
     */
    public LoopHttpRoute(Supplier<HttpHandler> handler) {
        this.handler = SingletonSupplier.of(handler);
    }

    /** After all that adds routes: behind this one there would be none. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void customize(NettyReactiveWebServerFactory factory) {
        if (factory.getClass() == NettyReactiveWebServerFactory.class) {
            factory.addRouteProviders(routes -> routes.route(request -> true, this::handle));
        }
    }

    private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        KnownUri uri = isUnusual(request) ? null : uris.find(request);
        if (uri == null) {
            return standard.apply(request, response);
        }
        NettyDataBufferFactory buffers = new NettyDataBufferFactory(response.alloc());
        return handler.get().handle(new ServedRequest(request, uri, buffers), new ServedResponse(response, buffers));
    }

    /** Has no body to be sent, has a prefix that only the proxy knows, or is to be logged. */
    private static boolean isUnusual(HttpServerRequest request) {
        return request.method() == HttpMethod.HEAD
                || request.forwardedPrefix() != null
                || LOG.isTraceEnabled()
                || BUFFERS.isDebugEnabled();
    }

    private Mono<Void> handleAndLearn(ServerHttpRequest request, ServerHttpResponse response) {
        if (request instanceof AbstractServerHttpRequest real) {
            HttpServerRequest known = real.getNativeRequest();
            if (known.forwardedPrefix() == null
                    && real.getSslInfo() == null) { // which are not to be seen in what is known
                uris.learn(known, real.getURI());
            }
        }
        return handler.get().handle(request, response);
    }
}
