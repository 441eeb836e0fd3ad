package dev.asyncloop.benchmarks.app;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.IOLoopOptions;
import dev.asyncloop.Task;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.FetchRequest;
import dev.asyncloop.net.ConnectionOptions;
import dev.asyncloop.websocket.Message;
import dev.asyncloop.websocket.WebSocket;
import dev.asyncloop.websocket.WebSocketClient;
import dev.asyncloop.websocket.WebSocketOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Opens many WebSockets to a server in another process, from several loopback addresses; prints what one costs the server, and
 * how long a broadcast takes to reach the first and the last. See {@code websockets.sh}.
 */
public final class WebSocketScale {

    /** A loopback address has some 28,000 ports for connections to one server. */
    private static final int PER_ADDRESS = 2_500;

    private static final int AT_A_TIME = 100;

    private static final Duration REST = Duration.ofMillis(50);

    private final String server;

    private final long pid;

    private final int count;

    private final int broadcasts;

    private final AsyncHttpClient http = AsyncHttpClient.create(IOLoop.current());

    private final List<WebSocketClient> clients = new ArrayList<>();

    private WebSocketScale(String server, long pid, int count, int broadcasts) throws UnknownHostException {
        this.server = server;
        this.pid = pid;
        this.count = count;
        this.broadcasts = broadcasts;
        WebSocketOptions options = WebSocketOptions.defaults().withoutPing().withConnectTimeout(Duration.ofSeconds(60));
        for (int i = 0; i <= (count - 1) / PER_ADDRESS; i++) {
            InetAddress from = InetAddress.getByName("127.0.0." + (2 + i));
            clients.add(WebSocketClient.create(
                    IOLoop.current(), options, ConnectionOptions.defaults().withLocalAddress(from)));
        }
    }

    /** Takes the server's {@code host:port}, its process id, how many connections, and how many broadcasts. */
    public static void main(String[] arguments) throws Exception {
        IOLoopOptions options =
                IOLoopOptions.defaults().withSlowCallback(Duration.ofMinutes(1)); // it says enough itself
        try (IOLoop loop = IOLoop.create(options)) {
            loop.runSync(() -> {
                WebSocketScale scale = new WebSocketScale(
                        arguments[0],
                        Long.parseLong(arguments[1]),
                        Integer.parseInt(arguments[2]),
                        Integer.parseInt(arguments[3]));
                scale.measure();
                return null;
            });
        }
    }

    private void measure() throws IOException {
        say("%d connections from %d loopback addresses", count, clients.size());
        end(open("/idle", count)); // what both sides run is compiled then
        end(measureOpening("/idle"));
        List<WebSocket> sockets = measureOpening("/listen");
        measureBroadcasts(sockets);
        end(sockets);
    }

    private List<WebSocket> measureOpening(String path) throws IOException {
        long heap = serverHeap();
        long resident = serverResident();
        long start = System.nanoTime();
        List<WebSocket> sockets = open(path, count);
        double seconds = (System.nanoTime() - start) / 1e9;
        long each = (serverHeap() - heap) / count;
        long residentEach = (serverResident() - resident) / count;
        say(
                "%s: opened in %.1f s (%.0f a second); of the server's memory each has %,d bytes of heap, %,d resident",
                path, seconds, count / seconds, each, residentEach);
        return sockets;
    }

    private List<WebSocket> open(String path, int number) {
        List<WebSocket> sockets = new ArrayList<>(number);
        while (sockets.size() < number) {
            List<Task<WebSocket>> opening = new ArrayList<>();
            for (int i = 0; i < AT_A_TIME && sockets.size() + i < number; i++) {
                WebSocketClient client = clients.get((sockets.size() + i) / PER_ADDRESS);
                opening.add(client.connect("ws://" + server + path));
            }
            sockets.addAll(Async.gather(opening));
        }
        return sockets;
    }

    private void measureBroadcasts(List<WebSocket> sockets) {
        awaitCount("/listeners", count);
        double[] first = new double[broadcasts];
        double[] last = new double[broadcasts];
        for (int i = 0; i < broadcasts; i++) {
            List<Task<Long>> receivers = new ArrayList<>(count);
            String text = "broadcast " + i;
            for (WebSocket socket : sockets) {
                receivers.add(Async.spawn(() -> receive(socket, text)));
            }
            Async.sleep(REST); // all of them wait now
            long start = System.nanoTime();
            Async.await(http.fetch(FetchRequest.post("http://" + server + "/broadcast")
                    .body(text)
                    .build()));
            List<Long> times = Async.gather(receivers);
            first[i] = millis(times.stream().mapToLong(time -> time).min().orElseThrow() - start);
            last[i] = millis(times.stream().mapToLong(time -> time).max().orElseThrow() - start);
        }
        say(
                "broadcast: first receiver after %s ms, last after %s ms (median of %d)",
                median(first), median(last), broadcasts);
    }

    private static long receive(WebSocket socket, String expected) {
        Message message = socket.receive();
        if (!message.equals(Message.of(expected))) {
            throw new IllegalStateException(message + " came instead of '" + expected + "'");
        }
        return System.nanoTime();
    }

    private void end(List<WebSocket> sockets) {
        sockets.forEach(WebSocket::close);
        awaitCount("/connections", 0);
    }

    private void awaitCount(String path, int expected) {
        while (!get(path).equals(String.valueOf(expected))) {
            Async.sleep(REST);
        }
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }

    private static String median(double[] values) {
        Arrays.sort(values);
        return String.format(
                Locale.ROOT, "%.1f (%.1f to %.1f)", values[values.length / 2], values[0], values[values.length - 1]);
    }

    private String get(String path) {
        return Async.await(http.fetch("http://" + server + path)).text();
    }

    private long serverHeap() {
        return Long.parseLong(get("/heap"));
    }

    /** What the server's process has of the machine's memory: heap, buffers, threads. */
    private long serverResident() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }

    private static void say(String text, Object... values) {
        System.out.println(String.format(Locale.ROOT, text, values));
    }
}
