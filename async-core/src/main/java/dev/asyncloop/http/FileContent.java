package dev.asyncloop.http;

import dev.asyncloop.IOLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A file, read by the loop's executor: one piece when the one before is taken. Read up to the length that was said before;
 * a file that has become shorter is an error.
 */
final class FileContent {

    private static final int PIECE = 64 * 1024;

    private final Path file;

    private final long length;

    private volatile long read;

    private @Nullable FileChannel channel;

    private boolean busy;

    private boolean closed;

    private FileContent(Path file, long length) {
        this.file = file;
        this.length = length;
    }

    static Flux<ByteBuf> of(IOLoop loop, Path file, long length) {
        if (length == 0) {
            return Flux.empty();
        }
        // back on the event loop after each piece: what a callback of the loop starts would end with it
        Scheduler eventLoop = Schedulers.fromExecutor(loop.eventLoopGroup().next());
        return Flux.defer(() -> {
            FileContent content = new FileContent(file, length);
            return Mono.fromCompletionStage(() -> loop.runInExecutor(content::next))
                    .publishOn(eventLoop)
                    .repeat(() -> content.read < length)
                    .doFinally(end -> content.close());
        });
    }

    private @Nullable ByteBuf next() throws IOException {
        FileChannel open = begin();
        if (open == null) {
            return null;
        }
        try {
            ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, length - read));
            while (piece.hasRemaining()) {
                if (open.read(piece, read + piece.position()) < 0) {
                    throw new IOException("File '" + file + "' has become shorter than the " + length
                            + " bytes that it had when the request began; send it when it is complete");
                }
            }
            read += piece.capacity();
            return Unpooled.wrappedBuffer(piece.flip());
        } finally {
            end();
        }
    }

    /** Opening is the first read's business, for it may take its time. */
    private @Nullable FileChannel begin() throws IOException {
        synchronized (this) {
            if (closed) {
                return null;
            }
            busy = true;
        }
        try {
            FileChannel open = channel;
            if (open == null) {
                open = FileChannel.open(file, StandardOpenOption.READ);
                channel = open;
            }
            return open;
        } catch (IOException ex) {
            end();
            throw ex;
        }
    }

    private synchronized void end() throws IOException {
        busy = false;
        if (closed) {
            closeChannel();
        }
    }

    /** While a piece is read its reader closes; nobody waits for that here, on the event loop. */
    private synchronized void close() {
        closed = true;
        if (!busy) {
            try {
                closeChannel();
            } catch (IOException ex) {
                // nothing was written
            }
        }
    }

    private void closeChannel() throws IOException {
        FileChannel open = channel;
        if (open != null) {
            channel = null;
            open.close();
        }
    }
}
