package dev.asyncloop.spring.web.parity;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request as it goes over the wire, and the status it has to have. */
record Request(
        int status,
        String method,
        String path,
        List<String> headers,
        @Nullable String body) {

    static Request get(int status, String path, String... headers) {
        return new Request(status, "GET", path, List.of(headers), null);
    }

    static Request of(int status, String method, String path, String... headers) {
        return new Request(status, method, path, List.of(headers), null);
    }

    static Request post(int status, String path, String type, String body, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("Content-Type: " + type);
        return new Request(status, "POST", path, all, body);
    }

    /** Each part: its headers, an empty line, its content. */
    static Request multipart(int status, String path, String... parts) {
        StringBuilder body = new StringBuilder();
        for (String part : parts) {
            body.append("--limit\r\nContent-Disposition: form-data; ")
                    .append(part)
                    .append("\r\n");
        }
        return post(status, path, "multipart/form-data; boundary=limit", body + "--limit--\r\n");
    }

    Request with(String header) {
        List<String> all = new ArrayList<>(headers);
        all.add(header);
        return new Request(status, method, path, all, body);
    }

    /** Sends it to one of the versions of an application on this port. */
    Answer send(int port, String version) throws IOException {
        return send(port, version, id -> {});
    }

    /** Also tells the id of a session that begins. */
    Answer send(int port, String version, Consumer<String> session) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringBuilder head = new StringBuilder(method + " " + (path.startsWith("/") ? "/" + version + path : path)
                + " HTTP/1.1\r\nHost: parity.example\r\nConnection: close\r\n");
        headers.forEach(header -> head.append(header).append("\r\n"));
        byte[] content = body == null ? null : body.getBytes(StandardCharsets.UTF_8);
        if (content != null) {
            head.append("Content-Length: ").append(content.length).append("\r\n");
        }
        out.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        if (content != null) {
            out.writeBytes(content);
        }
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(out.toByteArray());
            return Answer.read(socket.getInputStream(), version, session);
        }
    }

    @Override
    public String toString() {
        String all = method + " " + path + " " + headers + (body == null ? "" : " " + body.replaceAll("\\s+", " "));
        return all.length() > 150 ? all.substring(0, 150) + ".." : all;
    }
}
