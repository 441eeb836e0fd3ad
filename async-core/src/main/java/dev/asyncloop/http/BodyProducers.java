package dev.asyncloop.http;

import static dev.asyncloop.Async.await;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.channel.ReceiveChannel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Producers for what bodies usually come from. What blocks is done in the loop's executor. */
final class BodyProducers {

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
        BodySource source = new BodySource(in);
        return new OwningProducer() {
            @Override
            public void produce(BodyWriter out) {
                copy(source, out);
            }

            @Override
            public void discard(IOLoop loop) {
                try {
                    loop.spawn("the closing of a request's body", () -> close(source));
                } catch (RuntimeException ex) { // the loop takes nothing new
                    close(source, ex);
                }
            }
        };
    }

    private static void close(BodySource source, RuntimeException refused) {
        try {
            source.close();
        } catch (IOException ex) {
            refused.addSuppressed(ex);
            throw refused;
        }
    }

    private static void close(BodySource source) {
        Async.shielded(() -> await(IOLoop.current().runInExecutor(() -> {
            source.close();
            return null;
        })));
    }

    /** Writes a file. */
    static BodyProducer of(Path file) {
        return out -> copy(new BodySource(file), out);
    }

    private static void copy(BodySource source, BodyWriter out) {
        IOLoop loop = IOLoop.current();
        try {
            byte[] piece;
            while ((piece = await(loop.runInExecutor(source::read))).length > 0) {
                out.write(piece);
            }
        } finally {
            close(source);
        }
    }
}
