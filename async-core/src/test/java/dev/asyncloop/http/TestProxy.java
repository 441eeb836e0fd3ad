package dev.asyncloop.http;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A proxy on 127.0.0.1, HTTP or SOCKS 5, for whom every name is this machine. */
final class TestProxy implements AutoCloseable {

    private static final String DENIED = "HTTP/1.1 407 Proxy Authentication Required\r\n"
            + "Proxy-Authenticate: Basic realm=\"test\"\r\nContent-Length: 0\r\n\r\n";

    /** The heads of the requests that came, or {@code host:port} with SOCKS. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));

    private final List<Socket> sockets = new ArrayList<>();

    private final boolean socks;

    private final String credentials;

    private TestProxy(boolean socks, String credentials) throws IOException {
        this.socks = socks;
        this.credentials = credentials;
        start(() -> {
            while (true) {
                Socket socket = server.accept();
                keep(socket);
                start(() -> serve(socket));
            }
        });
    }

    /** Makes one that wants {@code user:password}, or takes everybody if that is empty. */
    static TestProxy http(String credentials) throws IOException {
        return new TestProxy(false, credentials);
    }

    static TestProxy socks(String credentials) throws IOException {
        return new TestProxy(true, credentials);
    }

    int port() {
        return server.getLocalPort();
    }

    private interface Work {

        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                work.run();
            } catch (IOException ex) {
                // closed
            }
        });
    }

    private void keep(Socket socket) {
        synchronized (sockets) {
            sockets.add(socket);
        }
    }

    private void serve(Socket socket) throws IOException {
        try (socket) {
            if (socks) {
                serveSocks(socket);
            } else {
                serveHttp(socket);
            }
        }
    }

    private void serveHttp(Socket socket) throws IOException {
        String head = readHead(socket.getInputStream());
        asked.add(head);
        OutputStream out = socket.getOutputStream();
        String wanted = "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        if (!credentials.isEmpty() && !head.toLowerCase().contains(("proxy-authorization: " + wanted).toLowerCase())) {
            out.write(DENIED.getBytes(StandardCharsets.US_ASCII));
            return;
        }
        String[] request = head.substring(0, head.indexOf("\r\n")).split(" ");
        if (request[0].equals("CONNECT")) {
            Socket target = connect(request[1].substring(request[1].lastIndexOf(':') + 1));
            out.write("HTTP/1.1 200 Connected\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            pipe(socket, target);
        } else {
            URI uri = URI.create(request[1]);
            Socket target = connect("" + uri.getPort());
            String forwarded = request[0] + " " + uri.getRawPath() + " HTTP/1.1"
                    + head.substring(head.indexOf("\r\n")).replaceAll("(?i)proxy-authorization: [^\r]*\r\n", "");
            target.getOutputStream().write(forwarded.getBytes(StandardCharsets.ISO_8859_1));
            pipe(socket, target);
        }
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no request");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    /** RFC 1928 and 1929. */
    private void serveSocks(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        in.readByte();
        in.readNBytes(in.readByte());
        out.write(new byte[] {5, (byte) (credentials.isEmpty() ? 0 : 2)});
        if (!credentials.isEmpty()) {
            in.readByte();
            String given = new String(in.readNBytes(in.readByte())) + ":" + new String(in.readNBytes(in.readByte()));
            out.write(new byte[] {1, (byte) (given.equals(credentials) ? 0 : 1)});
        }
        in.readNBytes(3);
        byte type = in.readByte();
        String host = type == 3
                ? new String(in.readNBytes(in.readByte()))
                : InetAddress.getByAddress(in.readNBytes(4)).getHostAddress();
        int port = in.readUnsignedShort();
        asked.add(host + ":" + port);
        Socket target = connect("" + port);
        out.write(new byte[] {5, 0, 0, 1, 127, 0, 0, 1, 0, 1});
        pipe(socket, target);
    }

    private Socket connect(String port) throws IOException {
        Socket target = new Socket(InetAddress.getByName("127.0.0.1"), Integer.parseInt(port));
        keep(target);
        return target;
    }

    private static void pipe(Socket socket, Socket target) throws IOException {
        try (target) {
            start(() -> {
                target.getInputStream().transferTo(socket.getOutputStream());
                socket.close();
            });
            socket.getInputStream().transferTo(target.getOutputStream());
        }
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
