package dev.asyncloop.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes frames of bytes, but no more of them than the {@link Wire} takes: what was read and is too much stays bytes, as
 * thousands of frames, or some that are much larger when decompressed, fit into what is read at once.
 */
final class FrameDecoder extends WebSocket13FrameDecoder {

    private final Wire wire;

    private @Nullable ChannelHandlerContext context;

    /** There are bytes that were not looked at. */
    private boolean holding;

    /** The connection has ended: what has come before is decoded now or never. */
    private boolean last;

    FrameDecoder(Wire wire, boolean masked, int maxFrameSize) {
        super(config(masked, maxFrameSize));
        this.wire = wire;
    }

    /** Its own close frames would not wait for what was sent before; the rules are checked by the wire. */
    private static WebSocketDecoderConfig config(boolean masked, int maxFrameSize) {
        return WebSocketDecoderConfig.newBuilder()
                .expectMaskedFrames(masked)
                .allowMaskMismatch(false)
                .allowExtensions(true)
                .maxFramePayloadLength(maxFrameSize)
                .closeOnProtocolViolation(false)
                .build();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (last ? wire.takesTheLast() : wire.takesMore()) {
            super.decode(context, in, out);
        } else {
            holding = true;
        }
    }

    /** Looks at the bytes that were too much before. Returns whether there are any. */
    boolean goOn() {
        if (!holding || context == null) {
            return false;
        }
        holding = false;
        try {
            channelRead(context, Unpooled.EMPTY_BUFFER);
        } catch (Exception ex) {
            context.fireExceptionCaught(ex);
        }
        return true;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        last = true;
        super.channelInactive(context);
    }
}
