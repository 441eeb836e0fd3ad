package dev.asyncloop.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * An nginx of its own on a free port of 127.0.0.1, with its files in a temporary folder. Tests that need one are skipped
 * where there is no such program.
 */
final class Nginx implements AutoCloseable {

    private static final List<String> PLACES = List.of("/usr/sbin/nginx", "/usr/local/bin/nginx", "/usr/bin/nginx");

    private final Path folder;

    private final Process process;

    final int port;

    private Nginx(Path folder, Process process, int port) {
        this.folder = folder;
        this.process = process;
        this.port = port;
    }

    /**
     * Starts one.
     * @param listen what stands behind the port in {@code listen}, such as {@code ssl http2}
     * @param server the other directives of its only server
     */
    static Nginx start(String listen, String server) throws IOException {
        String program = PLACES.stream()
                .filter(place -> Files.isExecutable(Path.of(place)))
                .findFirst()
                .orElse("");
        Assumptions.assumeFalse(program.isEmpty(), "nginx is not installed");
        int port = freePort();
        Path folder = Files.createTempDirectory("nginx");
        Files.createDirectories(folder.resolve("www"));
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
                    server {
                        listen 127.0.0.1:%2$d %3$s;
                        root %1$s/www;
                        %4$s
                    }
                }
                """.formatted(folder, port, listen, server));
        Process process = new ProcessBuilder(
                        program,
                        "-p",
                        folder.toString(),
                        "-e",
                        folder.resolve("error.log").toString(),
                        "-c",
                        "nginx.conf")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out.log").toFile())
                .start();
        Nginx nginx = new Nginx(folder, process, port);
        try {
            nginx.awaitStart();
        } catch (AssertionError | IOException ex) {
            nginx.close();
            throw ex;
        }
        return nginx;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private void awaitStart() throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (System.nanoTime() < deadline && process.isAlive()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
                return;
            } catch (IOException ex) {
                Thread.onSpinWait();
            }
        }
        throw new AssertionError("nginx did not start: " + Files.readString(folder.resolve("out.log"))
                + Files.readString(folder.resolve("error.log")));
    }

    /** Makes a file that it serves. */
    void file(String name, String content) {
        try {
            Files.writeString(folder.resolve("www").resolve(name), content);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    String secureUrl(String path) {
        return "https://localhost:" + port + path;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException ex) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Returns the directives for a certificate. */
    static String certificate(Certificates.Pem pem) {
        return "ssl_certificate " + pem.certificate() + "; ssl_certificate_key " + pem.key() + ";";
    }
}
