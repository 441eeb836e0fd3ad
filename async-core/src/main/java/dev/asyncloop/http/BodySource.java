package dev.asyncloop.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stream, or a file, that is read in the loop's executor. It may be closed while it is opened or read, for who wanted that
 * may have been cancelled: what was opened is closed then, and a read that fails as it was closed under it is no failure.
 */
final class BodySource {

    private static final int PIECE = 64 * 1024;

    private static final byte[] NOTHING = {};

    private final @Nullable Path file;

    private @Nullable InputStream in;

    private volatile boolean closed;

    BodySource(InputStream in) {
        this.file = null;
        this.in = in;
    }

    BodySource(Path file) {
        this.file = file;
    }

    /** Returns what is there now and at least one byte; nothing at the end. */
    byte[] read() throws IOException {
        InputStream open = open();
        if (open == null) {
            return NOTHING;
        }
        byte[] bytes = new byte[PIECE];
        try {
            int count = open.read(bytes);
            return count <= 0 ? NOTHING : count == PIECE ? bytes : Arrays.copyOf(bytes, count);
        } catch (IOException ex) {
            if (closed) {
                return NOTHING;
            }
            throw ex;
        }
    }

    private synchronized @Nullable InputStream open() throws IOException {
        if (closed) {
            return null;
        }
        InputStream open = in;
        if (open == null) {
            open = Files.newInputStream(Objects.requireNonNull(file));
            in = open;
        }
        return open;
    }

    void close() throws IOException {
        InputStream open;
        synchronized (this) {
            closed = true;
            open = in;
        }
        if (open != null) {
            open.close();
        }
    }
}
