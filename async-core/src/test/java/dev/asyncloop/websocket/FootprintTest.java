package dev.asyncloop.websocket;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What an idle connection costs: 9.4 KB on the event-loop carrier, 9.8 on the JDK's. Of that its coroutine's stack is 4 KB,
 * Netty's channel 1.5, and the test's own side half a KB.
 */
class FootprintTest {

    private static final int COUNT = 500;

    private static final int LIMIT = 11 * 1024;

    @OnBothCarriers
    void anIdleConnectionWithItsCoroutineCostsLessThan11KilobytesOfHeap(Carrier carrier) throws Exception {
        try (Peers peers = new Peers();
                var ws = new WebSocketFixture(carrier)) {
            open(ws, peers, 50); // loads what is loaded once
            long before = usedHeap();
            open(ws, peers, COUNT);
            long each = (usedHeap() - before) / COUNT;
            assertThat(each).isPositive().isLessThan(LIMIT);
        }
    }

    private static void open(WebSocketFixture ws, Peers peers, int count) {
        AtomicInteger open = new AtomicInteger();
        for (int i = 0; i < count; i++) {
            ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peers.url()));
                open.incrementAndGet();
                return socket.receiveOrNull();
            });
            int wanted = i + 1;
            if (wanted % 50 == 0) {
                ws.until(() -> open.get() == wanted); // fewer than the listening socket's line is long
            }
        }
        ws.settle();
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Shakes hands and is silent; its own sockets are plain ones, whose heap is small and counted, too. */
    private static final class Peers implements AutoCloseable {

        private final ServerSocket server;

        private final List<Socket> sockets = new ArrayList<>();

        Peers() throws Exception {
            this.server = new ServerSocket(0, 200, InetAddress.getByName("127.0.0.1"));
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    while (true) {
                        Socket socket = server.accept();
                        synchronized (sockets) {
                            sockets.add(socket);
                        }
                        shakeHands(socket.getInputStream(), socket.getOutputStream());
                    }
                } catch (Exception ex) {
                    // closed
                }
            });
        }

        String url() {
            return "ws://127.0.0.1:" + server.getLocalPort() + "/";
        }

        private static void shakeHands(InputStream in, OutputStream out) throws Exception {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.read());
            }
            String key = head.toString().replaceAll("(?is).*sec-websocket-key: *(\\S+).*", "$1");
            out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: " + Accept.of(key) + "\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        @Override
        public void close() throws Exception {
            server.close();
            synchronized (sockets) {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
        }
    }
}
