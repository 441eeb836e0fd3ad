package dev.asyncloop.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/** A server on 127.0.0.1 that answers a request head with given bytes, or does not even accept. */
final class RawServer implements AutoCloseable {

    /** The heads that came. */
    final LinkedBlockingQueue<String> heads = new LinkedBlockingQueue<>();

    /** One permit for each connection that the client closed before it had sent a whole head. */
    final Semaphore hungUp = new Semaphore(0);

    private final Semaphore accepted = new Semaphore(0);

    private final ServerSocket server;

    private final List<Socket> sockets = new ArrayList<>();

    private final byte[] answer;

    private final boolean close;

    private RawServer(int backlog, byte[] answer, boolean close) throws IOException {
        this.server = new ServerSocket(0, backlog, InetAddress.getByName("127.0.0.1"));
        this.answer = answer;
        this.close = close;
    }

    /** Answers each request with this text, and closes the connection. */
    static RawServer answering(String answer) throws IOException {
        return answering(answer.getBytes(StandardCharsets.ISO_8859_1), true);
    }

    static RawServer answering(byte[] answer, boolean close) throws IOException {
        RawServer raw = new RawServer(50, answer, close);
        raw.serve();
        return raw;
    }

    /** Accepts, and reads until the peer hangs up. */
    static RawServer silent() throws IOException {
        return answering(new byte[0], false);
    }

    /** Is reached by nobody: its line of connections to accept is full, and so nobody's connection gets ready. */
    static RawServer unreachable() throws IOException {
        RawServer raw = new RawServer(1, new byte[0], true);
        try {
            for (int i = 0; i < 64; i++) {
                Socket socket = new Socket();
                raw.sockets.add(socket);
                socket.connect(raw.server.getLocalSocketAddress(), 100);
            }
            throw new AssertionError("the line of a listening socket is longer than was thought");
        } catch (SocketTimeoutException ex) {
            return raw;
        }
    }

    /** Begins to accept and to answer. */
    void serve() {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (true) {
                    Socket socket = server.accept();
                    synchronized (sockets) {
                        sockets.add(socket);
                    }
                    Thread.ofPlatform().daemon().start(() -> serve(socket));
                }
            } catch (IOException ex) {
                // closed
            }
        });
    }

    void awaitConnection() {
        Permits.await(accepted, 1);
    }

    private void serve(Socket socket) {
        accepted.release();
        try {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            StringBuilder head = new StringBuilder();
            String line;
            while ((line = in.readLine()) != null && !line.isEmpty()) {
                head.append(line).append('\n');
            }
            if (line == null) {
                hungUp.release();
                return;
            }
            heads.add(head.toString());
            OutputStream out = socket.getOutputStream();
            out.write(answer);
            out.flush();
            if (close) {
                socket.close();
            } else { // an empty line may come by chance in a TLS handshake, whose bytes are random
                while (in.read() >= 0) {
                    // nobody answers
                }
                hungUp.release();
            }
        } catch (IOException ex) {
            // the peer has gone
        }
    }

    int port() {
        return server.getLocalPort();
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getLocalPort() + path;
    }

    @Override
    public void close() throws IOException {
        server.close();
        synchronized (sockets) {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
