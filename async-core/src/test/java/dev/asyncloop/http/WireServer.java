package dev.asyncloop.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on 127.0.0.1 that says byte for byte what a test has it say, on connections that it keeps open. */
final class WireServer implements AutoCloseable {

    /** What happens on one connection; when it returns or throws, the connection is closed. */
    interface Conversation {

        void with(Wire peer) throws IOException;
    }

    private final ServerSocket server;

    private final List<Socket> sockets = new ArrayList<>();

    private final AtomicInteger connections = new AtomicInteger();

    WireServer(Conversation conversation) throws IOException {
        this.server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        Thread.ofPlatform().daemon().start(() -> accept(conversation));
    }

    /** Answers every request with this, and waits for the next. */
    static WireServer answering(String answer) throws IOException {
        return new WireServer(peer -> {
            while (peer.readHead() != null) {
                peer.write(answer);
            }
        });
    }

    private void accept(Conversation conversation) {
        try {
            while (true) {
                Socket socket = server.accept();
                synchronized (sockets) {
                    sockets.add(socket);
                }
                int number = connections.incrementAndGet();
                Thread.ofPlatform().daemon().start(() -> converse(socket, number, conversation));
            }
        } catch (IOException ex) {
            // closed
        }
    }

    private static void converse(Socket socket, int number, Conversation conversation) {
        try (socket) {
            socket.setTcpNoDelay(true);
            conversation.with(new Wire(socket, number));
        } catch (IOException ex) {
            // the peer has gone
        }
    }

    /** Returns how many connections have been made so far. */
    int connections() {
        return connections.get();
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

    /** One connection. */
    static final class Wire {

        /** Which connection this is, from 1. */
        final int number;

        private final InputStream in;

        private final OutputStream out;

        private Wire(Socket socket, int number) throws IOException {
            this.number = number;
            this.in = new BufferedInputStream(socket.getInputStream());
            this.out = socket.getOutputStream();
        }

        /** Reads up to the empty line; {@code null} if the peer closes before. */
        String readHead() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
                int octet = in.read();
                if (octet < 0) {
                    return null;
                }
                head.append((char) octet);
            }
            return head.toString();
        }

        /** Reads so many bytes of a body. */
        byte[] readBody(int length) throws IOException {
            return in.readNBytes(length);
        }

        /** Waits until the peer has closed. */
        void awaitEnd() throws IOException {
            while (in.read() >= 0) {
                // more of it
            }
        }

        void write(String latin1) throws IOException {
            out.write(latin1.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }
    }
}
