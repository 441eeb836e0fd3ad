package dev.asyncloop.benchmarks.runner;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether somebody listens on a port of the loopback address. */
final class Ports {

    private static final int LIMIT_MILLIS = 60_000;

    private static final int LAST_WORDS = 3_000;

    private Ports() {}

    static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    static void needsFree(int port) {
        if (isOpen(port)) {
            throw new IllegalStateException("Port " + port + " is in use; choose others with --port");
        }
    }

    /** Waits until the process listens. */
    static void awaitOpen(int port, Process process, Path log) throws IOException, InterruptedException {
        long end = System.nanoTime() + LIMIT_MILLIS * 1_000_000L;
        while (!isOpen(port)) {
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                String said = Files.readString(log);
                throw new IOException("Nobody listens on port " + port + "; see " + log + ": "
                        + said.substring(Math.max(0, said.length() - LAST_WORDS)));
            }
            Thread.sleep(20);
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(address(port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
