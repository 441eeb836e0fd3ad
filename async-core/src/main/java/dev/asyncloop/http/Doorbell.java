package dev.asyncloop.http;

import dev.asyncloop.Async;
import dev.asyncloop.channel.Bell;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/** A {@link Bell} for which one thread that is no coroutine may wait as well: in the same way, but parked. */
final class Doorbell {

    private final Bell bell = new Bell();

    private volatile @Nullable Thread waiting;

    /** Has who waits look again; after what it waits for was made visible. Any thread. */
    void ring() {
        bell.ring();
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Waits until it is so: gives way in a coroutine, blocks any other thread. By one of them at a time.
     * @throws IllegalStateException on an event loop, which would wait for itself
     * @throws CancellationException if the coroutine is cancelled, or the thread interrupted
     */
    void await(Object subject, BooleanSupplier isSo) {
        if (isSo.getAsBoolean()) {
            return;
        }
        if (Async.inCoroutine()) {
            bell.await(subject, isSo);
        } else {
            block(subject, isSo);
        }
    }

    private void block(Object subject, BooleanSupplier isSo) {
        if (Schedulers.isInNonBlockingThread()) {
            throw new IllegalStateException("Reading " + subject + " would block "
                    + Thread.currentThread().getName() + ", an event loop; read it in a coroutine");
        }
        Thread reader = Thread.currentThread();
        waiting = reader;
        try {
            while (!isSo.getAsBoolean()) {
                if (reader.isInterrupted()) {
                    throw new CancellationException("The thread was interrupted while it waited for " + subject);
                }
                LockSupport.park(subject);
            }
        } finally {
            waiting = null;
        }
    }
}
