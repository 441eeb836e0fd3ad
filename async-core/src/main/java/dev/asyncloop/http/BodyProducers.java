package dev.asyncloop.http;

import static dev.asyncloop.Async.await;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.channel.ReceiveChannel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Producers for what bodies usually come from. What blocks is done in the loop's executor. */
final class BodyProducers {

    private static final int PIECE = 64 * 1024;

    private BodyProducers() {}

    /** Writes what comes out of a channel until that is closed; what it was closed with is thrown. */
    static BodyProducer of(ReceiveChannel<byte[]> channel) {
        return new OwningProducer() {
            @Override
            public void produce(BodyWriter out) {
                try (channel) {
                    for (byte[] piece : channel) {
                        out.write(piece);
                    }
                }
            }

            @Override
            public void discard(IOLoop loop) {
                channel.close();
            }
        };
    }

    /** Writes a stream to its end, and closes it. */
    static BodyProducer of(InputStream in) {
        return new OwningProducer() {
            @Override
            public void produce(BodyWriter out) throws IOException {
                copy(in, out);
            }

            @Override
            public void discard(IOLoop loop) {
                try {
                    loop.spawn("the closing of a request's body", () -> close(in));
                } catch (RuntimeException ex) { // the loop takes nothing new
                    close(in, ex);
                }
            }
        };
    }

    private static void close(InputStream in, RuntimeException refused) {
        try {
            in.close();
        } catch (IOException ex) {
            refused.addSuppressed(ex);
            throw refused;
        }
    }

    private static void close(InputStream in) {
        Async.shielded(() -> await(IOLoop.current().runInExecutor(() -> {
            in.close();
            return null;
        })));
    }

    /** Writes a file. */
    static BodyProducer of(Path file) {
        return out -> copy(await(IOLoop.current().runInExecutor(() -> Files.newInputStream(file))), out);
    }

    private static void copy(InputStream in, BodyWriter out) throws IOException {
        IOLoop loop = IOLoop.current();
        try {
            byte[] piece;
            while ((piece = await(loop.runInExecutor(() -> read(in)))).length > 0) {
                out.write(piece);
            }
        } finally {
            close(in);
        }
    }

    /** Returns what is there now and at least one byte; nothing at the end. */
    private static byte[] read(InputStream in) throws IOException {
        byte[] bytes = new byte[PIECE];
        int count = in.read(bytes);
        return count <= 0 ? new byte[0] : count == PIECE ? bytes : java.util.Arrays.copyOf(bytes, count);
    }
}
