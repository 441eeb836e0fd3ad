package dev.asyncloop.spring.web;

import dev.asyncloop.spring.server.ServedResponse;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.ClassUtils;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import reactor.util.context.Context;

/**
 * Writes the one buffer of an answer. On a response of reactor-netty's, with nothing around it, in two steps: what is to
 * be done before an answer is sent, headers and all, and then the sending itself, if the first has not failed.
 */
final class DirectWrite extends AtomicReference<@Nullable ByteBuf> implements CoreSubscriber<Void>, Subscription {

    private static final long serialVersionUID = 1L;

    private static final Class<?> REACTOR_NETTY = ClassUtils.resolveClassName(
            "org.springframework.http.server.reactive.ReactorServerHttpResponse", DirectWrite.class.getClassLoader());

    private final Returned returned;

    private final ServerHttpResponse response;

    private final DispatchedRequest request;

    private volatile @Nullable Subscription step;

    private boolean sending;

    private DirectWrite(
            @Nullable ByteBuf unsent, Returned returned, ServerHttpResponse response, DispatchedRequest request) {
        super(unsent);
        this.returned = returned;
        this.response = response;
        this.request = request;
        this.sending = unsent == null;
    }

    /** Whether it is a response of reactor-netty's, with nothing around it. */
    static boolean isBare(ServerHttpResponse response) {
        return response instanceof ServedResponse || response.getClass() == REACTOR_NETTY;
    }

    /** Begins to write a body as the answer of a request. */
    static void begin(DataBuffer body, Returned returned, ServerHttpResponse response, DispatchedRequest request) {
        boolean bare = isBare(response);
        ByteBuf unsent = bare ? NettyDataBufferFactory.toByteBuf(body) : null;
        DirectWrite write = new DirectWrite(unsent, returned, response, request);
        if (!request.follow(write)) { // cancelled meanwhile: the response may be somebody else's by now
            DataBufferUtils.release(body);
            return;
        }
        @Nullable Mono<Void> first = null; // there is none if the response is ready at once
        try {
            response.getHeaders().setContentLength(body.readableByteCount());
            if (!(response instanceof ServedResponse served && served.commitAtOnce())) {
                first = bare ? response.setComplete() : response.writeWith(whole(body));
            }
        } catch (Throwable ex) {
            Exceptions.throwIfFatal(ex);
            write.release();
            DataBufferUtils.release(body); // if it is not released yet
            response.getHeaders().clearContentHeaders();
            request.unwritten(returned, ex);
            return;
        }
        if (first != null) {
            first.subscribe((Subscriber<Void>) write);
        } else {
            write.send(); // what fails in there is no failure to write: the body may be the connection's by then
        }
    }

    private static Mono<DataBuffer> whole(DataBuffer body) {
        return Mono.just(body).doOnDiscard(DataBuffer.class, DataBufferUtils::release);
    }

    @Override
    public Context currentContext() {
        return request.currentContext();
    }

    @Override
    public void onSubscribe(Subscription step) {
        this.step = step;
        request.follow(this);
    }

    @Override
    public void onNext(Void never) {}

    @Override
    public void onComplete() {
        if (sending) {
            request.end();
            return;
        }
        send();
    }

    private void send() {
        if (get() != null) { // or it is cancelled
            sending = true;
            HttpServerResponse server = ((AbstractServerHttpResponse) response).getNativeResponse();
            // the buffer is given away where it is asked for: with a connection that has gone it is not
            server.send(Mono.fromCallable(() -> getAndSet(null))).then().subscribe((Subscriber<Void>) this);
        }
    }

    @Override
    public void onError(Throwable failure) {
        release();
        response.getHeaders().clearContentHeaders();
        request.unwritten(returned, failure);
    }

    @Override
    public void request(long n) {
        Subscription step = this.step;
        if (step != null) {
            step.request(n);
        }
    }

    @Override
    public void cancel() {
        Subscription step = this.step;
        if (step != null) {
            step.cancel();
        }
        release();
    }

    private void release() {
        ByteBuf unsent = getAndSet(null);
        if (unsent != null) {
            unsent.release();
        }
    }
}
