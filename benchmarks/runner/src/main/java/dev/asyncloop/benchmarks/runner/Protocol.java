package dev.asyncloop.benchmarks.runner;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** How a message is cut out of what has been received. */
enum Protocol {
    HTTP {
        @Override
        int length(byte[] bytes, int from, int to) throws IOException {
            int body = indexOf(bytes, from, to, END_OF_HEAD);
            if (body < 0) {
                return 0;
            }
            String head = new String(bytes, from, body - from, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
            if (!head.startsWith("http/1.1 200")) {
                throw new IOException(
                        "The answer was " + head.lines().findFirst().orElse(""));
            }
            int field = head.indexOf("\r\ncontent-length:");
            if (field < 0) {
                int end = indexOf(bytes, body, to, END_OF_CHUNKS); // so it is chunked
                return end < 0 ? 0 : end - from;
            }
            int value = field + "\r\ncontent-length:".length();
            int length = Integer.parseInt(
                    head.substring(value, head.indexOf('\r', value)).trim());
            return to - body < length ? 0 : body - from + length;
        }

        @Override
        boolean saysEnd(byte[] bytes, int from, int to) {
            return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1)
                    .toLowerCase(Locale.ROOT)
                    .contains("\r\nconnection: close");
        }
    },

    WEB_SOCKET {
        @Override
        int length(byte[] bytes, int from, int to) throws IOException {
            if (to - from < 2) {
                return 0;
            }
            int length = bytes[from + 1] & 0x7f;
            if (length > 125) {
                throw new IOException("A frame is longer than any that was sent");
            }
            return to - from < 2 + length ? 0 : 2 + length;
        }

        @Override
        boolean isMessage(byte[] bytes, int from) throws IOException {
            int opcode = bytes[from] & 0x0f;
            if (opcode == 8) {
                throw new IOException("The server has closed a WebSocket");
            }
            return opcode <= 2;
        }
    };

    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] END_OF_CHUNKS = "\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** Returns how many bytes the first message takes, or 0 as long as it is not complete. */
    abstract int length(byte[] bytes, int from, int to) throws IOException;

    /** Returns whether it is what was waited for, and not a ping. */
    boolean isMessage(byte[] bytes, int from) throws IOException {
        return true;
    }

    /** Returns whether the server ends the connection after this message, as Tomcat does after a hundred. */
    boolean saysEnd(byte[] bytes, int from, int to) {
        return false;
    }

    /** Returns where the pattern ends, or -1. */
    private static int indexOf(byte[] bytes, int from, int to, byte[] pattern) {
        for (int start = from; start <= to - pattern.length; start++) {
            int i = 0;
            while (i < pattern.length && bytes[start + i] == pattern[i]) {
                i++;
            }
            if (i == pattern.length) {
                return start + i;
            }
        }
        return -1;
    }

    static byte[] get(int port, String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] upgrade(int port, String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
                        + "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://127.0.0.1:" + port
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** A text as a client sends it, masked. */
    static byte[] frame(String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        byte[] mask = {0x12, 0x34, 0x56, 0x78};
        byte[] frame = new byte[6 + payload.length];
        frame[0] = (byte) 0x81;
        frame[1] = (byte) (0x80 | payload.length);
        System.arraycopy(mask, 0, frame, 2, mask.length);
        for (int i = 0; i < payload.length; i++) {
            frame[6 + i] = (byte) (payload[i] ^ mask[i % mask.length]);
        }
        return frame;
    }
}
