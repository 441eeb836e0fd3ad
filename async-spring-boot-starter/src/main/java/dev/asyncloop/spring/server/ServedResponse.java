package dev.asyncloop.spring.server;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.cookie.CookieHeaderNames;
import io.netty.handler.codec.http.cookie.DefaultCookie;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.http.support.Netty4HeadersAdapter;
import org.springframework.util.CollectionUtils;
import org.springframework.util.MultiValueMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * An answer of reactor-netty as Spring sees it. Where nobody has asked for something to be done before it is sent, it is committed
 * without operators.
 */
public final class ServedResponse extends AbstractServerHttpResponse implements ZeroCopyHttpOutputMessage {

    /** As Spring's: while it is being committed, status and headers may still be changed. */
    private enum State {
        NEW,
        COMMITTING,
        ACTION_FAILED,
        COMMITTED
    }

    private final HttpServerResponse response;

    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);

    /** What is to be done before; made when there is something. */
    private volatile @Nullable List<Supplier<? extends Mono<Void>>> actions;

    private @Nullable HttpHeaders readOnlyHeaders;

    ServedResponse(HttpServerResponse response, NettyDataBufferFactory bufferFactory) {
        super(bufferFactory, new HttpHeaders(new Netty4HeadersAdapter(response.responseHeaders())));
        this.response = response;
    }

    @SuppressWarnings("unchecked")
    @Override
    public <T> T getNativeResponse() {
        return (T) response;
    }

    /** Returns what makes the buffer of an answer that is sent as a whole. */
    public DataBufferFactory wholeBuffers() {
        return new AnswerBuffers(response.alloc());
    }

    // ---- its state

    @Override
    public boolean isCommitted() {
        State now = state.get();
        return now != State.NEW && now != State.ACTION_FAILED;
    }

    private boolean isOver() {
        return state.get() == State.COMMITTED;
    }

    @Override
    public boolean setStatusCode(@Nullable HttpStatusCode status) {
        return !isOver() && super.setStatusCode(status);
    }

    @Override
    public HttpStatusCode getStatusCode() {
        HttpStatusCode status = super.getStatusCode();
        return status != null
                ? status
                : HttpStatusCode.valueOf(response.status().code());
    }

    @Override
    public HttpHeaders getHeaders() {
        HttpHeaders headers = readOnlyHeaders;
        if (headers == null) {
            headers = super.getHeaders();
            if (isOver()) {
                headers = HttpHeaders.readOnlyHttpHeaders(headers);
                readOnlyHeaders = headers;
            }
        }
        return headers;
    }

    @Override
    public MultiValueMap<String, ResponseCookie> getCookies() {
        return isOver() ? CollectionUtils.unmodifiableMultiValueMap(super.getCookies()) : super.getCookies();
    }

    @Override
    public void addCookie(ResponseCookie cookie) {
        if (isOver()) {
            throw new IllegalStateException( // to the letter as Spring's
                    "Can't add the cookie " + cookie + "because the HTTP response has already been committed");
        }
        super.addCookie(cookie);
    }

    // ---- its end

    @Override
    public void beforeCommit(Supplier<? extends Mono<Void>> action) {
        List<Supplier<? extends Mono<Void>>> all = actions;
        if (all == null) {
            synchronized (this) {
                all = actions;
                if (all == null) {
                    all = new CopyOnWriteArrayList<>();
                    actions = all;
                }
            }
        }
        all.add(action);
    }

    /** Commits it at once, if it is not committed, and nothing is to be done before; returns whether it has. */
    public boolean commitAtOnce() {
        if (actions == null && state.compareAndSet(State.NEW, State.COMMITTING)) {
            apply();
            return true;
        }
        return false;
    }

    @Override
    protected Mono<Void> doCommit(@Nullable Supplier<? extends Mono<Void>> writing) {
        Flux<Void> before = Flux.empty();
        if (state.compareAndSet(State.NEW, State.COMMITTING)) {
            List<Supplier<? extends Mono<Void>>> all = actions;
            if (all != null) {
                before = Flux.concat(Flux.fromIterable(all).map(Supplier::get)).doOnError(failure -> {
                    if (state.compareAndSet(State.COMMITTING, State.ACTION_FAILED)) {
                        getHeaders().clearContentHeaders();
                    }
                });
            }
        } else if (!state.compareAndSet(State.ACTION_FAILED, State.COMMITTING)) {
            return Mono.empty();
        }
        Flux<Void> commit = before.concatWith(Mono.fromRunnable(this::apply));
        return (writing == null ? commit : commit.concatWith(writing.get())).then();
    }

    private void apply() {
        applyStatusCode();
        applyHeaders();
        applyCookies();
        state.set(State.COMMITTED);
    }

    @Override
    protected void applyStatusCode() {
        HttpStatusCode status = super.getStatusCode();
        if (status != null) {
            response.status(status.value());
        }
    }

    /** They are the server's own. */
    @Override
    protected void applyHeaders() {}

    @Override
    protected void applyCookies() {
        for (Map.Entry<String, List<ResponseCookie>> named : getCookies().entrySet()) {
            for (ResponseCookie cookie : named.getValue()) {
                response.addCookie(asNettys(named.getKey(), cookie));
            }
        }
    }

    private static DefaultCookie asNettys(String name, ResponseCookie cookie) {
        DefaultCookie nettys = new DefaultCookie(name, cookie.getValue());
        if (!cookie.getMaxAge().isNegative()) {
            nettys.setMaxAge(cookie.getMaxAge().getSeconds());
        }
        if (cookie.getDomain() != null) {
            nettys.setDomain(cookie.getDomain());
        }
        if (cookie.getPath() != null) {
            nettys.setPath(cookie.getPath());
        }
        nettys.setSecure(cookie.isSecure());
        nettys.setHttpOnly(cookie.isHttpOnly());
        nettys.setPartitioned(cookie.isPartitioned());
        if (cookie.getSameSite() != null) {
            nettys.setSameSite(CookieHeaderNames.SameSite.valueOf(cookie.getSameSite()));
        }
        return nettys;
    }

    // ---- its body

    @Override
    protected Mono<Void> writeWithInternal(Publisher<? extends DataBuffer> body) {
        return response.send(asNettys(body)).then();
    }

    @Override
    protected Mono<Void> writeAndFlushWithInternal(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return response.sendGroups(Flux.from(body).map(ServedResponse::asNettys))
                .then();
    }

    @Override
    public Mono<Void> writeWith(Path file, long position, long count) {
        return doCommit(() -> response.sendFile(file, position, count).then());
    }

    private static Publisher<ByteBuf> asNettys(Publisher<? extends DataBuffer> body) {
        return body instanceof Mono<? extends DataBuffer> mono
                ? mono.map(NettyDataBufferFactory::toByteBuf)
                : Flux.from(body).map(NettyDataBufferFactory::toByteBuf);
    }
}
