package dev.asyncloop.http;

import dev.asyncloop.Async;
import dev.asyncloop.Suspension;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * Lets one coroutine, or one thread that is none, wait for what the event loop brings about.
 *
 * <p>Who brings it about writes first and rings afterwards; who waits lays down how to be woken first and looks
 * afterwards. So at least one of the two sees what the other has written. A ring may come late and find the next wait,
 * so who was woken looks again.
 */
final class Doorbell {

    private volatile @Nullable Runnable waiting;

    /** Has who waits look again; after what it waits for was made visible. Any thread. */
    void ring() {
        Runnable wake = waiting;
        if (wake != null) {
            wake.run();
        }
    }

    /**
     * Waits until it is so: gives way in a coroutine, blocks any other thread.
     * @throws IllegalStateException on an event loop, which would wait for itself
     * @throws CancellationException if the coroutine is cancelled, or the thread interrupted
     */
    void await(Object subject, BooleanSupplier isSo) {
        if (isSo.getAsBoolean()) {
            return;
        }
        if (Async.inCoroutine()) {
            awaitInCoroutine(subject, isSo);
        } else {
            block(subject, isSo);
        }
    }

    private void awaitInCoroutine(Object subject, BooleanSupplier isSo) {
        while (!isSo.getAsBoolean()) {
            Suspension<Boolean> suspension = Suspension.begin(subject);
            waiting = () -> suspension.resume(true);
            if (isSo.getAsBoolean()) {
                suspension.resume(true);
            }
            try {
                suspension.await();
            } finally {
                waiting = null;
            }
        }
    }

    private void block(Object subject, BooleanSupplier isSo) {
        if (Schedulers.isInNonBlockingThread()) {
            throw new IllegalStateException("Reading " + subject + " would block "
                    + Thread.currentThread().getName() + ", an event loop; read it in a coroutine");
        }
        Thread reader = Thread.currentThread();
        waiting = () -> LockSupport.unpark(reader);
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
