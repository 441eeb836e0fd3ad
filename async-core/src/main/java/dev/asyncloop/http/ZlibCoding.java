package dev.asyncloop.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.compression.DecompressionException;
import io.netty.handler.codec.compression.JdkZlibDecoder;
import io.netty.handler.codec.compression.ZlibCodecFactory;
import io.netty.handler.codec.compression.ZlibDecoder;
import io.netty.handler.codec.compression.ZlibWrapper;
import java.util.List;

/** The codings of bodies that are decompressed: gzip and deflate. */
final class ZlibCoding {

    private static final int NO_LIMIT = 0;

    private ZlibCoding() {}

    static boolean isOne(String coding) {
        return isGzip(coding) || coding.equalsIgnoreCase("deflate") || coding.equalsIgnoreCase("x-deflate");
    }

    private static boolean isGzip(String coding) {
        return coding.equalsIgnoreCase("gzip") || coding.equalsIgnoreCase("x-gzip");
    }

    /** Makes a channel with one handler that decompresses a body. */
    static EmbeddedChannel newDecoder(String coding) {
        return new EmbeddedChannel(
                isGzip(coding)
                        ? new GzipMember()
                        : ZlibCodecFactory.newZlibDecoder(ZlibWrapper.ZLIB_OR_NONE, NO_LIMIT));
    }

    /**
     * Sees to it that a body does not end where it should not.
     * @throws DecompressionException if it does
     */
    static void requireEnd(EmbeddedChannel decoder) {
        if (!decoder.pipeline().get(ZlibDecoder.class).isClosed()) {
            throw new DecompressionException("the compressed body breaks off");
        }
    }

    /** A body of gzip has one or more members; each has a decoder of its own, which knows whether it is complete. */
    private static final class GzipMember extends JdkZlibDecoder {

        GzipMember() {
            super(ZlibWrapper.GZIP, false, NO_LIMIT);
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
            if (isClosed() && in.isReadable()) {
                context.pipeline().replace(this, null, new GzipMember()); // and what is left goes there
            } else {
                super.decode(context, in, out);
            }
        }
    }
}
