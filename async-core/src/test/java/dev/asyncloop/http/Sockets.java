package dev.asyncloop.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** What the operating system says about this machine's sockets. */
final class Sockets {

    private static final String SYN_SENT = "02";

    private Sockets() {}

    /** Returns how many sockets try to connect to this port of 127.0.0.1. */
    static long connectingTo(int port) throws IOException {
        Path table = Path.of("/proc/net/tcp");
        Assumptions.assumeTrue(Files.exists(table), "only Linux has a table of its sockets");
        String peer = String.format(":%04X", port);
        try (var lines = Files.lines(table)) {
            return lines.map(line -> line.trim().split("\\s+"))
                    .filter(columns -> columns[2].endsWith(peer) && columns[3].equals(SYN_SENT))
                    .count();
        }
    }
}
