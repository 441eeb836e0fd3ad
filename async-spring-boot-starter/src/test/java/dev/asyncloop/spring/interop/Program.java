package dev.asyncloop.spring.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A server of this machine's own programs, on a free port of 127.0.0.1. Tests are skipped where there is none. */
final class Program implements AutoCloseable {

    private static final List<String> PLACES =
            List.of("/usr/sbin/", "/usr/bin/", "/usr/local/sbin/", "/usr/local/bin/");

    private final Process process;

    private final int port;

    private Program(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static Program redis(Path folder) throws IOException {
        int port = freePort();
        return start(
                folder,
                port,
                find("redis-server"),
                "--bind",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--save",
                "",
                "--dir",
                folder.toString());
    }

    /**
     * Starts an nginx with the configuration of a page.
     * @param configuration what stands in {@code http}: two instances, and the port 80
     */
    static Program nginx(Path folder, String configuration, int onePort, int otherPort) throws IOException {
        String program = find("nginx");
        int port = freePort();
        String here = configuration
                .replace("10.0.0.11:8080", "127.0.0.1:" + onePort)
                .replace("10.0.0.12:8080", "127.0.0.1:" + otherPort)
                .replace("listen 80;", "listen 127.0.0.1:" + port + ";");
        Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid %1$s/pid;
                error_log %1$s/error.log;
                events { worker_connections 256; }
                http {
                    access_log off;
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    %2$s
                }
                """.formatted(folder, here));
        return start(
                folder,
                port,
                program,
                "-p",
                folder.toString(),
                "-e",
                folder.resolve("error.log").toString(),
                "-c",
                "nginx.conf");
    }

    private static String find(String name) {
        return PLACES.stream()
                .map(place -> place + name)
                .filter(program -> Files.isExecutable(Path.of(program)))
                .findFirst()
                .orElseGet(() -> Assumptions.abort(name + " is not installed"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private static Program start(Path folder, int port, String... command) throws IOException {
        Path output = Files.createTempFile(folder, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (System.nanoTime() < deadline && process.isAlive()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
                return new Program(process, port);
            } catch (IOException ex) {
                Thread.onSpinWait();
            }
        }
        process.destroyForcibly();
        throw new AssertionError(command[0] + " did not start: " + Files.readString(output));
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException ex) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
