package dev.asyncloop.spring.porting;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A connection to a server, byte by byte. Each byte is a character of ISO 8859-1. */
final class Wire implements AutoCloseable {

    /** An answer. */
    record Answer(String statusLine, Map<String, String> headers, String body) {

        int status() {
            return Integer.parseInt(statusLine.split(" ")[1]);
        }

        String header(String name) {
            return headers.get(name);
        }
    }

    private final Socket socket;

    Wire(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(20_000);
    }

    /** Sends a request on a connection of its own and returns the answer. */
    static Answer exchange(int port, String request) throws IOException {
        try (Wire wire = new Wire(port)) {
            wire.send(request);
            return wire.answer(request.startsWith("HEAD "));
        }
    }

    Wire send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    Answer answer() throws IOException {
        return answer(false);
    }

    Answer answer(boolean withoutBody) throws IOException {
        String statusLine = line();
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon), line.substring(colon + 1).trim());
        }
        String body;
        if (withoutBody
                || statusLine.split(" ")[1].startsWith("1")
                || statusLine.contains(" 204 ")
                || statusLine.contains(" 304 ")) {
            body = "";
        } else if (headers.getOrDefault("Transfer-Encoding", "")
                .toLowerCase(Locale.ROOT)
                .equals("chunked")) {
            body = chunks();
        } else if (headers.containsKey("Content-Length")) {
            body = read(Integer.parseInt(headers.get("Content-Length")));
        } else {
            body = rest();
        }
        return new Answer(statusLine, headers, body);
    }

    /** Reads one character. */
    char character() throws IOException {
        return read(1).charAt(0);
    }

    /** Reads up to the end of a body in chunks. */
    String untilChunksEnd() throws IOException {
        StringBuilder text = new StringBuilder();
        while (!text.toString().endsWith("\r\n0\r\n\r\n")) {
            text.append(character());
        }
        return text.toString();
    }

    /** Reads up to the end of the connection. */
    String rest() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private String chunks() throws IOException {
        StringBuilder body = new StringBuilder();
        for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
            body.append(read(size));
            line();
        }
        line();
        return body.toString();
    }

    private String read(int length) throws IOException {
        byte[] bytes = socket.getInputStream().readNBytes(length);
        if (bytes.length < length) {
            throw new IOException("The connection ended after " + bytes.length + " of " + length + " bytes");
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Reads up to the end of a line; the end of the connection before it is an error. */
    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("The connection ended within a line: " + line);
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
