package dev.asyncloop.spring.websocket;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A client that does byte for byte what a test says; each of its steps has 20 s. */
final class RawClient implements AutoCloseable {

    static final int TEXT = 0x81;

    static final int BINARY = 0x82;

    static final int CLOSE = 0x88;

    static final int PING = 0x89;

    static final int PONG = 0x8a;

    final Socket socket;

    final DataInputStream in;

    RawClient(int port) throws IOException {
        this.socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        this.in = new DataInputStream(socket.getInputStream());
    }

    /** Opens a WebSocket. */
    static RawClient open(int port, String path, String... headers) throws IOException {
        RawClient client = new RawClient(port);
        Answer answer = client.handshake(path, headers);
        if (answer.status() != 101) {
            throw new AssertionError("status " + answer);
        }
        return client;
    }

    /** Sends a handshake as it should be, but for these headers; one without a value is left out. */
    Answer handshake(String path, String... headers) throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("Host", "127.0.0.1:" + socket.getPort());
        all.put("Upgrade", "websocket");
        all.put("Connection", "Upgrade");
        all.put("Sec-WebSocket-Version", "13");
        all.put("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        for (String header : headers) {
            String[] parts = header.split(": ?", 2);
            all.put(parts[0], parts[1]);
        }
        StringBuilder head = new StringBuilder("GET " + path + " HTTP/1.1\r\n");
        all.forEach((name, value) -> {
            if (!value.isEmpty()) {
                head.append(name).append(": ").append(value).append("\r\n");
            }
        });
        write(head.append("\r\n").toString());
        return answer();
    }

    void write(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Answer answer() throws IOException {
        List<String> lines = new ArrayList<>();
        String line;
        while (!(line = line()).isEmpty()) {
            lines.add(line);
        }
        Answer head = new Answer(Integer.parseInt(lines.getFirst().split(" ")[1]), lines, "");
        String length = head.header("Content-Length");
        return length.isEmpty()
                ? head
                : new Answer(
                        head.status(),
                        lines,
                        new String(in.readNBytes(Integer.parseInt(length)), StandardCharsets.UTF_8));
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int b;
        while ((b = in.readUnsignedByte()) != '\n') {
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    record Answer(int status, List<String> head, String body) {

        /** Returns the value of a header; empty if there is none. */
        String header(String name) {
            String prefix = name.toLowerCase() + ":";
            return head.stream()
                    .filter(line -> line.toLowerCase().startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).strip())
                    .findFirst()
                    .orElse("");
        }
    }

    void send(int first, byte[] payload) throws IOException {
        socket.getOutputStream().write(frame(first, payload));
    }

    void send(int first, String payload) throws IOException {
        send(first, payload.getBytes(StandardCharsets.UTF_8));
    }

    /** Masked with zeros, which change nothing. */
    static byte[] frame(int first, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(first);
        if (payload.length < 126) {
            frame.write(0x80 | payload.length);
        } else if (payload.length < 65_536) {
            frame.write(0x80 | 126);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
        } else {
            frame.write(0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                frame.write((int) ((long) payload.length >> shift));
            }
        }
        frame.writeBytes(new byte[4]);
        frame.writeBytes(payload);
        return frame.toByteArray();
    }

    Frame read() throws IOException {
        int first = in.readUnsignedByte();
        long length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        return new Frame(first, in.readNBytes((int) length));
    }

    /** Reads up to a close frame, and returns its code. */
    int readCloseCode() throws IOException {
        Frame frame;
        do {
            frame = read();
        } while (frame.first() != CLOSE);
        return frame.payload().length == 0 ? 1005 : frame.code();
    }

    record Frame(int first, byte[] payload) {

        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        int code() {
            return (payload[0] & 0xff) << 8 | payload[1] & 0xff;
        }
    }

    /** Waits until the server has closed the connection, whatever comes before. */
    void readEnd() throws IOException {
        while (in.read() >= 0) {
            // more
        }
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
