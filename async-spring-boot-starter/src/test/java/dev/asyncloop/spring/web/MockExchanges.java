package dev.asyncloop.spring.web;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.adapter.DefaultServerWebExchange;
import org.springframework.web.server.i18n.AcceptHeaderLocaleContextResolver;
import org.springframework.web.server.session.DefaultWebSessionManager;
import org.springframework.web.server.session.WebSessionManager;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Exchanges without a connection, of the same classes as a server's: those of Spring's tests keep a stack trace and a session
 * store each, and are larger than all that is to be measured.
 */
final class MockExchanges {

    private static final HttpHeaders NO_HEADERS = HttpHeaders.readOnlyHttpHeaders(new HttpHeaders());

    private final WebSessionManager sessions = new DefaultWebSessionManager();

    private final ServerCodecConfigurer codecs = ServerCodecConfigurer.create();

    private final AcceptHeaderLocaleContextResolver locales = new AcceptHeaderLocaleContextResolver();

    ServerWebExchange get(String path) {
        return new DefaultServerWebExchange(new Request(URI.create(path)), new Response(), sessions, codecs, locales);
    }

    /** Returns what was written as the body of an answer. */
    static String body(ServerWebExchange exchange) {
        return String.valueOf(((Response) exchange.getResponse()).written);
    }

    private static final class Request extends AbstractServerHttpRequest {

        Request(URI uri) {
            super(HttpMethod.GET, uri, null, NO_HEADERS);
        }

        @Override
        protected MultiValueMap<String, HttpCookie> initCookies() {
            return new LinkedMultiValueMap<>();
        }

        @Override
        protected @Nullable SslInfo initSslInfo() {
            return null;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> T getNativeRequest() {
            return (T) this;
        }

        @Override
        public Flux<DataBuffer> getBody() {
            return Flux.empty();
        }
    }

    private static final class Response extends AbstractServerHttpResponse {

        private @Nullable StringBuilder written;

        Response() {
            super(DefaultDataBufferFactory.sharedInstance);
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> T getNativeResponse() {
            return (T) this;
        }

        @Override
        protected Mono<Void> writeWithInternal(Publisher<? extends DataBuffer> body) {
            return Flux.from(body).doOnNext(this::write).then();
        }

        private void write(DataBuffer part) {
            if (written == null) {
                written = new StringBuilder();
            }
            written.append(part.toString(StandardCharsets.UTF_8));
        }

        @Override
        protected Mono<Void> writeAndFlushWithInternal(Publisher<? extends Publisher<? extends DataBuffer>> body) {
            return writeWithInternal(Flux.from(body).concatMap(part -> part));
        }

        @Override
        protected void applyStatusCode() {}

        @Override
        protected void applyHeaders() {}

        @Override
        protected void applyCookies() {}
    }
}
