package dev.asyncloop.http;

import dev.asyncloop.IOLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Bytes that are there already. */
record BytesBody(byte[] bytes) implements RequestBody, RequestBody.Sending {

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public Sending open(IOLoop loop, HttpClientOptions options) {
        return this;
    }

    @Override
    public long length() {
        return bytes.length;
    }

    @Override
    public Publisher<ByteBuf> content() {
        return Mono.just(Unpooled.wrappedBuffer(bytes));
    }
}
