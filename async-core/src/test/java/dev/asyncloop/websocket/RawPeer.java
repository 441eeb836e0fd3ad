package dev.asyncloop.websocket;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A server on 127.0.0.1 that does byte for byte what a test says; each of its steps has 20 s. */
final class RawPeer implements AutoCloseable {

    static final int CONTINUATION = 0;

    static final int TEXT = 1;

    static final int BINARY = 2;

    static final int CLOSE = 8;

    static final int PING = 9;

    static final int PONG = 10;

    private static final int LIMIT_MILLIS = 20_000;

    private final ServerSocket server;

    private final List<Link> links = new ArrayList<>();

    RawPeer() throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")));
    }

    RawPeer(ServerSocket server) throws IOException {
        this.server = server;
        server.setSoTimeout(LIMIT_MILLIS);
    }

    String url() {
        return "ws://127.0.0.1:" + port() + "/chat?room=1";
    }

    int port() {
        return server.getLocalPort();
    }

    /** Accepts a connection and reads the head of its request. */
    Link accept() throws IOException {
        Link link = new Link(server.accept());
        links.add(link);
        link.readHead();
        return link;
    }

    /** Accepts a connection and shakes hands. */
    Link open() throws IOException {
        Link link = accept();
        link.shakeHands();
        return link;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Link link : links) {
            link.socket.close();
        }
    }

    /** A frame as it came, its payload unmasked. */
    record Frame(int first, boolean masked, byte[] payload) {

        int opcode() {
            return first & 0x0f;
        }

        boolean rsv1() {
            return (first & 0x40) != 0;
        }

        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        /** Of a close frame. */
        int code() {
            return (payload[0] & 0xff) << 8 | payload[1] & 0xff;
        }

        String reason() {
            return new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
        }
    }

    /** One connection. */
    static final class Link {

        final Socket socket;

        final List<String> head = new ArrayList<>();

        private final DataInputStream in;

        private final OutputStream out;

        /** Of all frames that were read. */
        int bytesRead;

        private Link(Socket socket) throws IOException {
            this.socket = socket;
            socket.setSoTimeout(LIMIT_MILLIS);
            this.in = new DataInputStream(socket.getInputStream());
            this.out = socket.getOutputStream();
        }

        private void readHead() throws IOException {
            String line;
            while (!(line = readLine()).isEmpty()) {
                head.add(line);
            }
        }

        private String readLine() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int b;
            while ((b = in.readUnsignedByte()) != '\n') {
                if (b != '\r') {
                    line.write(b);
                }
            }
            return line.toString(StandardCharsets.ISO_8859_1);
        }

        /** Returns the value of a header of the request, or {@code null}. */
        String header(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return head.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).strip())
                    .findFirst()
                    .orElse(null);
        }

        /** Answers as a server should, with more headers if so wanted. */
        void shakeHands(String... more) throws IOException {
            write(answer(more).getBytes(StandardCharsets.ISO_8859_1));
        }

        String answer(String... more) {
            StringBuilder answer = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                    + "Connection: Upgrade\r\nSec-WebSocket-Accept: " + Accept.of(header("Sec-WebSocket-Key"))
                    + "\r\n");
            for (String line : more) {
                answer.append(line).append("\r\n");
            }
            return answer.append("\r\n").toString();
        }

        void write(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        void write(String text) throws IOException {
            write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        /** Sends a frame that is the last of its message. */
        void send(int opcode, String payload) throws IOException {
            send(0x80 | opcode, payload.getBytes(StandardCharsets.UTF_8));
        }

        void sendClose(int code, String reason) throws IOException {
            ByteArrayOutputStream payload = new ByteArrayOutputStream();
            payload.write(code >> 8);
            payload.write(code);
            payload.writeBytes(reason.getBytes(StandardCharsets.UTF_8));
            send(0x80 | CLOSE, payload.toByteArray());
        }

        /** Sends a frame with this first byte. */
        void send(int first, byte[] payload) throws IOException {
            write(frame(first, payload));
        }

        static byte[] frame(int first, byte[] payload) {
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            frame.write(first);
            if (payload.length < 126) {
                frame.write(payload.length);
            } else if (payload.length < 65_536) {
                frame.write(126);
                frame.write(payload.length >> 8);
                frame.write(payload.length);
            } else {
                frame.write(127);
                for (int shift = 56; shift >= 0; shift -= 8) {
                    frame.write((int) ((long) payload.length >> shift));
                }
            }
            frame.writeBytes(payload);
            return frame.toByteArray();
        }

        Frame read() throws IOException {
            int first = in.readUnsignedByte();
            int second = in.readUnsignedByte();
            long length = second & 0x7f;
            bytesRead += 2;
            if (length == 126) {
                length = in.readUnsignedShort();
                bytesRead += 2;
            } else if (length == 127) {
                length = in.readLong();
                bytesRead += 8;
            }
            boolean masked = (second & 0x80) != 0;
            byte[] mask = new byte[4];
            if (masked) {
                in.readFully(mask);
                bytesRead += 4;
            }
            byte[] payload = new byte[(int) length];
            in.readFully(payload);
            bytesRead += payload.length;
            for (int i = 0; i < payload.length; i++) {
                payload[i] ^= mask[i % 4];
            }
            return new Frame(first, masked, payload);
        }

        Frame read(int opcode) throws IOException {
            Frame frame = read();
            if (frame.opcode() != opcode) {
                throw new AssertionError("expected opcode " + opcode + ", but there came " + frame);
            }
            return frame;
        }

        /** Waits until the peer closes the connection, and returns whether it has sent nothing more. */
        boolean readEnd() throws IOException {
            try {
                return in.read() < 0;
            } catch (EOFException ex) {
                return true;
            }
        }

        /** Breaks the connection. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
