package dev.asyncloop.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** A server with the JDK's own TLS, and without ALPN, on 127.0.0.1, which says {@code secret} to everybody. */
final class TlsServer implements AutoCloseable {

    private static final String SECRET = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret";

    private final SSLServerSocket server;

    private volatile String answer = SECRET;

    TlsServer(SSLContext context, boolean needsClientCertificate, String... protocols) throws IOException {
        this.server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        server.setNeedClientAuth(needsClientCertificate);
        if (protocols.length > 0) {
            server.setEnabledProtocols(protocols);
        }
        Thread.ofPlatform().daemon().start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            }
        } catch (IOException ex) {
            // closed
        }
    }

    /** Says something beside the answer that nobody has asked for. */
    void say(String format) {
        answer = format.formatted(SECRET);
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            OutputStream out = socket.getOutputStream();
            String line;
            while ((line = in.readLine()) != null) {
                if (line.isEmpty()) {
                    out.write(answer.getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                }
            }
        } catch (IOException ex) {
            // the handshake has failed, or the peer has gone
        }
    }

    String url(String host) {
        return "https://" + host + ":" + server.getLocalPort() + "/";
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
