package dev.asyncloop.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/**
 * Makes messages of frames: puts fragments together, decompresses, and checks size and encoding. That fragments come in
 * order is seen to by Netty's decoder. Only on the event loop.
 */
final class Assembler {

    private static final byte[] EMPTY = new byte[0];

    /** What a lenient decoder, which is much faster, makes of bytes that are not UTF-8; a peer may also send it. */
    private static final char REPLACEMENT = '\uFFFD';

    private final int limit;

    private final @Nullable Deflation deflation;

    /** Of the message whose fragments come. */
    private boolean text;

    private boolean compressed;

    private byte[] fragments = EMPTY;

    private int size;

    Assembler(int limit, @Nullable Deflation deflation) {
        this.limit = limit;
        this.deflation = deflation;
    }

    /**
     * Takes a frame with data, and leaves it to its owner to release.
     * @return the message that is complete with it, if one is
     * @throws Violation if the peer must not send that
     */
    @Nullable
    Message add(WebSocketFrame frame) throws Violation {
        if (!(frame instanceof ContinuationWebSocketFrame)) {
            text = frame instanceof TextWebSocketFrame;
            compressed = frame.rsv() == Wire.RSV1;
        }
        ByteBuf content = frame.content();
        int length = content.readableBytes();
        if (length > limit - size) {
            throw tooBig("a message");
        }
        if (!frame.isFinalFragment()) {
            append(content, length);
            return null;
        }
        if (size > 0) {
            append(content, length);
            byte[] whole = Arrays.copyOf(fragments, size);
            fragments = EMPTY;
            size = 0;
            return message(whole);
        }
        byte[] whole = new byte[length];
        content.getBytes(content.readerIndex(), whole);
        return message(whole);
    }

    private void append(ByteBuf content, int length) {
        if (size + length > fragments.length) {
            fragments = Arrays.copyOf(fragments, (int) Math.min(limit, Math.max(size + length, 2L * fragments.length)));
        }
        content.getBytes(content.readerIndex(), fragments, size, length);
        size += length;
    }

    private Message message(byte[] whole) throws Violation {
        byte[] content = compressed && deflation != null ? inflate(deflation, whole) : whole;
        return text ? Message.of(decode(content, 0)) : Message.of(content);
    }

    private byte[] inflate(Deflation deflation, byte[] whole) throws Violation {
        try {
            byte[] content = deflation.inflate(whole, limit);
            if (content == null) {
                throw tooBig("a message, decompressed,");
            }
            return content;
        } catch (DataFormatException ex) {
            throw new Violation(CloseStatus.BAD_DATA, "a message can't be decompressed", ex);
        }
    }

    /** Decodes what comes after so many bytes. */
    static String decode(byte[] content, int offset) throws Violation {
        String text = new String(content, offset, content.length - offset, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) < 0) {
            return text;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content, offset, content.length - offset))
                    .toString();
        } catch (CharacterCodingException ex) {
            throw new Violation(CloseStatus.BAD_DATA, "a text is not in UTF-8", ex);
        }
    }

    private Violation tooBig(String what) {
        return new Violation(CloseStatus.TOO_BIG, what + " has more than " + limit + " bytes", null);
    }

    /** The peer has sent what it must not send. Has no stack trace. */
    static final class Violation extends Exception {

        private static final long serialVersionUID = 1L;

        private final int code;

        private final String reason;

        Violation(int code, String reason, @Nullable Throwable cause) {
            super(reason, cause, false, false);
            this.code = code;
            this.reason = reason;
        }

        CloseStatus status() {
            return new CloseStatus(code, reason);
        }
    }
}
