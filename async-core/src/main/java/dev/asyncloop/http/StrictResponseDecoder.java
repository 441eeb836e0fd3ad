package dev.asyncloop.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Reads responses of HTTP/1, and nothing but the one response to each request. Netty's own codec keeps what comes after a
 * response, and takes it for the beginning of the next one; so a peer could answer requests of others that share the
 * connection. Here the connection is closed instead. A response whose length can be understood in two ways, or that may
 * have no body and announces one, is refused, where Netty decides for one of them.
 */
final class StrictResponseDecoder extends HttpResponseDecoder {

    private static final String ENCODER = "requestEncoder";

    private final Queue<HttpRequest> unanswered = new ArrayDeque<>();

    /** Whether a final response has begun and not ended. */
    private boolean within;

    private boolean switched;

    private StrictResponseDecoder(int maxHeaderSize) {
        super(new HttpDecoderConfig().setMaxHeaderSize(maxHeaderSize).setAllowDuplicateContentLengths(true));
    }

    /** Takes the place of Netty's codec in a pipeline for HTTP/1. */
    static void install(ChannelPipeline pipeline, int maxHeaderSize) {
        if (pipeline.get(NettyPipeline.HttpCodec) instanceof HttpClientCodec codec) {
            StrictResponseDecoder decoder = new StrictResponseDecoder(maxHeaderSize);
            pipeline.replace(codec, NettyPipeline.HttpCodec, decoder);
            pipeline.addAfter(NettyPipeline.HttpCodec, ENCODER, decoder.new Encoder());
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (!switched && !within && unanswered.isEmpty()) {
            close(context.channel(), in);
            return;
        }
        super.decode(context, in, out);
        if (!out.isEmpty() && out.getLast() instanceof LastHttpContent && within) {
            within = false;
            if (!switched && unanswered.isEmpty() && in.isReadable()) {
                close(context.channel(), in);
            }
        }
    }

    /** Without a last word, which would take its time: nobody may get this connection any more. */
    private static void close(Channel channel, ByteBuf in) {
        in.skipBytes(in.readableBytes());
        channel.unsafe().close(channel.unsafe().voidPromise());
    }

    /** Netty takes white space for the end of a name, whatever follows; others take it for a part of the name. */
    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        AsciiString name = super.splitHeaderName(line, start, length);
        if (line[start + length] != ':') {
            throw new IllegalArgumentException("there is white space in or after the header name '" + name + "'");
        }
        return name;
    }

    /** Called when the headers are there; what this throws makes the response an invalid one. */
    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        HttpResponse response = (HttpResponse) message;
        int status = response.status().code();
        boolean interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        HttpRequest request = unanswered.peek();
        within = true; // as far as it is the one that is waited for: what is refused has no next
        refuseUnclear(response, status, interim, request);
        if (interim && status != HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
            within = false;
            return true;
        }
        switched = interim;
        unanswered.poll();
        return request != null && request.method().equals(HttpMethod.HEAD) || super.isContentAlwaysEmpty(message);
    }

    private static void refuseUnclear(
            HttpResponse response, int status, boolean interim, @Nullable HttpRequest request) {
        if (status < 100 || status > 999) {
            throw new IllegalArgumentException("the status " + status + " has not three digits");
        }
        if (response.protocolVersion().majorVersion() != 1) {
            throw new IllegalArgumentException("the version " + response.protocolVersion() + " is not one of HTTP/1");
        }
        HttpHeaders headers = response.headers();
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        if (!codings.isEmpty()
                && (codings.size() > 1 || !codings.getFirst().strip().equalsIgnoreCase("chunked"))) {
            throw new IllegalArgumentException("Transfer-Encoding is " + codings + ", and not just chunked");
        }
        if (!codings.isEmpty() && length != null) {
            throw new IllegalArgumentException("there are both Transfer-Encoding and Content-Length");
        }
        boolean withoutBody = interim || status == HttpResponseStatus.NO_CONTENT.code();
        if (withoutBody && (!codings.isEmpty() || length != null && !length.equals("0"))) {
            throw new IllegalArgumentException("the status " + status + " has no body, but one is announced");
        }
        if (status == HttpResponseStatus.SWITCHING_PROTOCOLS.code()
                && (request == null || !request.headers().contains("Upgrade"))) {
            throw new IllegalArgumentException("the protocol was switched without being asked for");
        }
    }

    /** Remembers what was asked for. */
    private final class Encoder extends HttpRequestEncoder {

        @Override
        protected void encode(ChannelHandlerContext context, Object message, List<Object> out) throws Exception {
            if (message instanceof HttpRequest request) {
                unanswered.offer(request);
            }
            super.encode(context, message, out);
        }
    }
}
