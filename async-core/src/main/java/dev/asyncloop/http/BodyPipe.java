package dev.asyncloop.http;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A body on its way from the connection, where the event loop puts pieces in, to the one who reads them. The event loop
 * was asked for no more pieces than there is room for.
 *
 * @param <T> the type of the pieces
 */
final class BodyPipe<T> {

    /** So many pieces are on their way to the reader at most. One is what the decoder makes of a read: 8 KiB, usually. */
    static final int CAPACITY = 16;

    private static final Ending COMPLETE = new Ending(null);

    private final Queue<T> pieces = new ConcurrentLinkedQueue<>();

    private final Doorbell bell = new Doorbell();

    private final AtomicBoolean reading = new AtomicBoolean();

    private final Object subject;

    private final Source source;

    private volatile @Nullable Ending ending;

    private volatile @Nullable RuntimeException closed;

    /** How many pieces were taken that the source was not asked to replace yet. Only by the reader. */
    private int taken;

    /**
     * Makes a pipe.
     * @param subject what is read, for messages
     * @param source where the pieces come from
     */
    BodyPipe(Object subject, Source source) {
        this.subject = subject;
        this.source = source;
    }

    // ---- the event loop

    /** Puts a piece in. */
    void put(T piece) {
        if (closed == null) {
            pieces.add(piece);
            bell.ring();
        }
    }

    /** No more pieces come, as the body is complete. */
    void complete() {
        end(COMPLETE);
    }

    /** No more pieces come; after those that are there the failure is thrown. The first end counts. */
    void fail(RuntimeException failure) {
        end(new Ending(failure));
    }

    private void end(Ending how) {
        if (ending == null) {
            ending = how;
            bell.ring();
        }
    }

    /** Returns whether the reader has taken everything. */
    boolean isEmpty() {
        return pieces.isEmpty();
    }

    // ---- the reader

    /**
     * Waits for the next piece.
     * @return {@code null} if there are no more
     */
    @Nullable
    T take() {
        if (!reading.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    subject + " is being read by somebody else; a body has one reader at a time");
        }
        try {
            bell.await(subject, this::hasNext);
            RuntimeException gone = closed;
            if (gone != null) {
                throw gone;
            }
            T piece = pieces.poll();
            if (piece != null) {
                replace();
                return piece;
            }
            Ending end = ending;
            if (end != null && end.failure() != null) {
                throw end.failure();
            }
            return null;
        } finally {
            reading.set(false);
        }
    }

    private boolean hasNext() {
        return !pieces.isEmpty() || ending != null || closed != null;
    }

    private void replace() {
        taken++;
        if (taken >= CAPACITY / 2) {
            source.request(taken);
            taken = 0;
        }
    }

    /**
     * The reader has closed: drops what is there, and lets whoever reads meanwhile, or later, know. Also if the body is
     * complete, for what is dropped is missing then.
     */
    void close(RuntimeException closed) {
        this.closed = closed;
        pieces.clear();
        bell.ring();
    }

    boolean isClosed() {
        return closed != null;
    }

    /** Where the pieces come from. */
    interface Source {

        /** Asks for more pieces. Any thread. */
        void request(int count);
    }

    private record Ending(@Nullable RuntimeException failure) {}
}
