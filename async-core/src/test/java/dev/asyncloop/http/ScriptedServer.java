package dev.asyncloop.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on 127.0.0.1 that does with each connection what a test says, in a thread of its own. */
final class ScriptedServer implements AutoCloseable {

    /** One permit for each connection. */
    final Semaphore accepted = new Semaphore(0);

    /** One permit for each script that has ended, or met the end of its connection. */
    final Semaphore done = new Semaphore(0);

    /** What scripts have failed with, but for the end of their connections. */
    final List<Throwable> failures = new CopyOnWriteArrayList<>();

    private final ServerSocket server;

    private final List<Socket> sockets = new ArrayList<>();

    private final AtomicInteger connections = new AtomicInteger();

    ScriptedServer(Script script) throws IOException {
        this.server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        Thread.ofPlatform().daemon().start(() -> accept(script));
    }

    private void accept(Script script) {
        try {
            while (true) {
                Socket socket = server.accept();
                synchronized (sockets) {
                    sockets.add(socket);
                }
                Peer peer = new Peer(socket, connections.incrementAndGet());
                accepted.release();
                Thread.ofPlatform().daemon().start(() -> run(script, peer));
            }
        } catch (IOException ex) {
            // closed
        }
    }

    private void run(Script script, Peer peer) {
        try {
            script.run(peer);
        } catch (IOException ex) {
            // the peer has gone, or this server has closed
        } catch (Throwable ex) {
            failures.add(ex);
        } finally {
            done.release();
        }
    }

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

    /** What is done with a connection; it stays open when this returns. */
    @FunctionalInterface
    interface Script {

        void run(Peer peer) throws Exception;
    }

    /** A connection, from the server's side. */
    static final class Peer {

        /** Counted from 1. */
        final int number;

        private final Socket socket;

        private final InputStream in;

        private final OutputStream out;

        Peer(Socket socket, int number) throws IOException {
            this.socket = socket;
            this.number = number;
            this.in = socket.getInputStream();
            this.out = socket.getOutputStream();
        }

        /** Reads a head, and returns it without the empty line; fails at the end of the connection. */
        String readHead() throws IOException {
            StringBuilder head = new StringBuilder();
            while (!head.toString().endsWith("\r\n\r\n")) {
                head.append((char) readByte());
            }
            return head.substring(0, head.length() - 4);
        }

        String read(int length) throws IOException {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new IOException("the peer has gone");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }

        /** Reads a chunked body. */
        String readChunks() throws IOException {
            StringBuilder body = new StringBuilder();
            while (true) {
                StringBuilder size = new StringBuilder();
                while (size.indexOf("\r\n") < 0) {
                    size.append((char) readByte());
                }
                int length = Integer.parseInt(size.toString().strip(), 16);
                body.append(read(length));
                read(2);
                if (length == 0) {
                    return body.toString();
                }
            }
        }

        /** Reads what there is until the connection ends, and returns how much that was. */
        long readToEnd() throws IOException {
            return in.transferTo(OutputStream.nullOutputStream());
        }

        private int readByte() throws IOException {
            int read = in.read();
            if (read < 0) {
                throw new IOException("the peer has gone");
            }
            return read;
        }

        void write(String text) throws IOException {
            write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        void write(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        /** Answers with a body. */
        void answer(String body) throws IOException {
            write("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        }

        void close() throws IOException {
            socket.close();
        }

        /** Closes without a word: whoever writes fails. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
