package dev.asyncloop.spring.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A PostgreSQL of this machine's own programs, on a free port of 127.0.0.1, with its data in a folder of the test. Tests
 * are skipped where there is none.
 */
final class PostgreSql implements AutoCloseable {

    private static final int LIMIT = 60;

    private final Path programs;

    private final Path folder;

    private final Path data;

    private final int port;

    private @Nullable Process server;

    private PostgreSql(Path programs, Path folder, int port) {
        this.programs = programs;
        this.folder = folder;
        this.data = folder.resolve("data");
        this.port = port;
    }

    static PostgreSql start(Path folder) throws Exception {
        PostgreSql database = new PostgreSql(programs(), folder, freePort());
        if (isRoot()) { // as which it refuses to run
            Files.setOwner(folder, user());
        }
        database.run("initdb", "-D", database.data.toString(), "-U", "app", "-A", "trust", "-E", "UTF8", "--no-sync");
        database.start();
        return database;
    }

    /** Debian has a folder for each version. */
    private static Path programs() throws IOException {
        Path versions = Path.of("/usr/lib/postgresql");
        List<Path> places = new ArrayList<>(List.of(Path.of("/usr/local/pgsql/bin"), Path.of("/usr/local/bin")));
        if (Files.isDirectory(versions)) {
            try (Stream<Path> found = Files.list(versions)) {
                places.addAll(found.map(version -> version.resolve("bin")).toList());
            }
        }
        return places.stream()
                .filter(place -> Files.isExecutable(place.resolve("initdb"))
                        && Files.isExecutable(place.resolve("postgres"))
                        && Files.isExecutable(place.resolve("pg_ctl")))
                .max(Comparator.naturalOrder())
                .orElseGet(() -> Assumptions.abort("PostgreSQL is not installed"));
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static UserPrincipal user() throws IOException {
        var users = Path.of("/").getFileSystem().getUserPrincipalLookupService();
        try {
            return users.lookupPrincipalByName("postgres");
        } catch (IOException ex) {
            return users.lookupPrincipalByName("nobody");
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=app";
    }

    /** Starts it, again after a stop. */
    void start() throws Exception {
        Process process = process(
                "postgres",
                "-D",
                data.toString(),
                "-p",
                String.valueOf(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=off",
                "-c",
                "shared_buffers=16MB");
        server = process;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT);
        while (!answers()) {
            if (process.waitFor(10, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                close();
                throw new AssertionError("PostgreSQL did not start: " + Files.readString(output("postgres")));
            }
        }
    }

    private boolean answers() {
        try (Connection connection = DriverManager.getConnection(url())) {
            return connection.isValid(LIMIT);
        } catch (SQLException ex) {
            return false;
        }
    }

    /** Stops it as a crash does. */
    void stop() throws Exception {
        Process process = server;
        if (process != null && process.isAlive()) {
            run("pg_ctl", "stop", "-D", data.toString(), "-m", "immediate", "-W");
            process.waitFor(LIMIT, TimeUnit.SECONDS);
        }
    }

    @Override
    public void close() throws Exception {
        try {
            stop();
        } finally {
            if (server != null) {
                server.destroyForcibly();
            }
        }
    }

    private void run(String program, String... arguments) throws Exception {
        Process process = process(program, arguments);
        if (!process.waitFor(LIMIT, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new AssertionError(program + " has failed: " + Files.readString(output(program)));
        }
    }

    private Process process(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=" + user().getName(), "--clear-groups", "--"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output(program).toFile())
                .start();
    }

    private Path output(String program) {
        return folder.resolve(program + ".txt");
    }
}
