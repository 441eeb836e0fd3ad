package dev.asyncloop.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpContentDecompressor;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Decompresses bodies as Netty does, and refuses one that is complete as HTTP has it but breaks off as gzip or deflate has
 * it: a server behind a proxy has failed then. Netty takes what has come for the whole. A body in any other coding is left
 * as it is, whatever decoders are on the class path; and so is one that is read as it comes, which {@link DecompressedBody}
 * decompresses.
 */
final class StrictDecompressor extends HttpContentDecompressor {

    private static final int NO_LIMIT = 0;

    /**
     * So many bytes are decompressed before it is looked whether anybody wants the result; they become a thousand times as
     * many at most, and a read is 64 KiB.
     */
    private static final int SLICE = 4 * 1024;

    /** Of the response on its way, if it is of gzip or deflate. */
    private @Nullable EmbeddedChannel zlib;

    /** While its head is handed on. */
    private @Nullable HttpResponse response;

    private boolean hasBegun;

    private boolean failed;

    private StrictDecompressor() {
        super(false, NO_LIMIT);
    }

    /** Takes the place of Netty's in a pipeline. */
    static void install(ChannelPipeline pipeline) {
        if (pipeline.get(NettyPipeline.HttpDecompressor) instanceof HttpContentDecompressor netty
                && !(netty instanceof StrictDecompressor)) {
            pipeline.replace(netty, NettyPipeline.HttpDecompressor, new StrictDecompressor());
        }
    }

    @Override
    protected @Nullable EmbeddedChannel newContentDecoder(String encoding) throws Exception {
        if (!ZlibCoding.isOne(encoding)) {
            return null; // Netty's other decoders allocate what a few bytes of the peer tell them to
        }
        HttpResponse current = response;
        if (current != null && HopHandler.leavesCompressed(ctx.pipeline(), current, encoding)) {
            current.headers().remove(HttpHeaderNames.CONTENT_ENCODING); // as if it were decompressed here
            if (current.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
                current.headers().remove(HttpHeaderNames.CONTENT_LENGTH);
                current.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            }
            return null;
        }
        EmbeddedChannel decoder = ZlibCoding.newDecoder(encoding);
        zlib = decoder;
        return decoder;
    }

    @Override
    protected void decode(ChannelHandlerContext context, HttpObject message, List<Object> out) throws Exception {
        if (message instanceof HttpMessage) {
            response = message instanceof HttpResponse head ? head : null;
            zlib = null;
            hasBegun = false;
            failed = false;
        } else if (failed) {
            return; // the failure was told, and the connection is being closed
        }
        try {
            if (zlib != null && message instanceof HttpContent content) {
                decompress(context, content, out);
            } else {
                super.decode(context, message, out);
            }
        } catch (Exception ex) {
            failed = true;
            context.fireExceptionCaught(ex);
            context.close(); // Reactor Netty would wait for the end of the response
        } finally {
            response = null;
        }
    }

    private void decompress(ChannelHandlerContext context, HttpContent content, List<Object> out) throws Exception {
        hasBegun |= content.content().isReadable();
        ByteBuf compressed = content.content();
        while (compressed.isReadable() && context.channel().isActive()) {
            int length = Math.min(SLICE, compressed.readableBytes());
            super.decode(context, new DefaultHttpContent(compressed.readSlice(length)), out);
        }
        if (!(content instanceof LastHttpContent last) || !context.channel().isActive()) {
            return;
        }
        EmbeddedChannel decoder = zlib;
        if (hasBegun && decoder != null) {
            ZlibCoding.requireEnd(decoder);
        }
        super.decode(context, new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, last.trailingHeaders()), out);
    }
}
