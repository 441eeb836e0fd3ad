package dev.asyncloop.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** What the operating system says about this machine's sockets. */
final class Sockets {

    private static final String SYN_SENT = "02";

    /** A socket that can do both versions of IP stands in the second, also while it connects to an address of the first. */
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

    private Sockets() {}

    /** Returns how many sockets try to connect to this port of 127.0.0.1. */
    static long connectingTo(int port) throws IOException {
        Assumptions.assumeTrue(Files.exists(TABLES.getFirst()), "only Linux has tables of its sockets");
        String peer = String.format(":%04X", port);
        long count = 0;
        for (Path table : TABLES) {
            try (var lines = Files.lines(table)) {
                count += lines.map(line -> line.trim().split("\\s+"))
                        .filter(columns -> columns[2].endsWith(peer) && columns[3].equals(SYN_SENT))
                        .count();
            }
        }
        return count;
    }
}
