package dev.asyncloop.sync;

import org.jspecify.annotations.Nullable;

/**
 * What {@link Lock#hold} and {@link Semaphore#hold} return for a {@code try}: closing it gives the lock or permit back.
 * Tornado's {@code with (yield lock.acquire())}.
 */
public final class Held implements AutoCloseable {

    private @Nullable Runnable giveBack;

    Held(Runnable giveBack) {
        this.giveBack = giveBack;
    }

    /**
     * Gives back what is held. Does not wait, also works in a cancelled coroutine; a second call does nothing.
     * @throws IllegalStateException as {@link Lock#unlock} or {@link Semaphore#release}
     */
    @Override
    public void close() {
        Runnable first = giveBack;
        if (first != null) {
            first.run(); // if this is refused, it is still held
            giveBack = null;
        }
    }
}
