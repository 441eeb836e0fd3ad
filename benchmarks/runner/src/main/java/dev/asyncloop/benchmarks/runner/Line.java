package dev.asyncloop.benchmarks.runner;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A connection to the server. */
final class Line {

    private static final int ROOM = 16 * 1024;

    SocketChannel channel;

    final int number;

    /** When the request that it waits for was due. */
    long due;

    /** How many messages it has received; their order tells which they are. */
    int received;

    /** Whether the server will end the connection after what it has sent last. */
    boolean saysEnd;

    private final ByteBuffer in = ByteBuffer.allocate(ROOM);

    Line(int number, SocketChannel channel) {
        this.number = number;
        this.channel = channel;
    }

    /** Waits for the answer to the WebSocket's handshake; the channel still blocks. */
    void upgrade(byte[] request) throws IOException {
        send(request);
        String answer = "";
        while (!answer.contains("\r\n\r\n")) {
            if (channel.read(in) < 0) {
                throw new EOFException("The server has ended a handshake: " + answer);
            }
            answer = new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1);
        }
        if (!answer.contains(" 101 ")) {
            throw new IOException("The handshake's answer was " + answer);
        }
        in.clear(); // no server speaks first
    }

    /** Sends a short message: it fits into what the system keeps. */
    void send(byte[] message) throws IOException {
        if (channel.write(ByteBuffer.wrap(message)) != message.length) {
            throw new IOException("The server does not read any more");
        }
    }

    /** Reads what there is, and returns how many messages that completes. */
    int read(Protocol protocol) throws IOException {
        if (channel.read(in) < 0) {
            throw new EOFException("The server has ended a connection");
        }
        int messages = 0;
        saysEnd = false;
        int from = 0;
        int length;
        while ((length = protocol.length(in.array(), from, in.position())) > 0) {
            messages += protocol.isMessage(in.array(), from) ? 1 : 0;
            saysEnd = protocol.saysEnd(in.array(), from, from + length);
            from += length;
        }
        in.flip().position(from);
        in.compact();
        return messages;
    }
}
