package dev.asyncloop;

import org.jspecify.annotations.Nullable;

/**
 * The loop of an object that needs no lock because only the coroutines of one loop touch it: the loop of its first use,
 * unless it was given one.
 * Locks and channels are made of this and of {@link Suspension}; each of their operations begins with {@link #enter} or
 * {@link #checkpoint}, so that a misuse fails before it can change anything.
 */
public final class HomeLoop {

    /** Read without a lock: whatever is seen, it equals the caller's loop only if that has been written here for good. */
    private @Nullable IOLoop loop;

    /** Makes one for the loop of the first use. */
    public HomeLoop() {}

    /** Makes one for this loop, for what is made outside of its coroutines. */
    public HomeLoop(IOLoop loop) {
        this.loop = loop;
    }

    /**
     * Begins an operation that does not wait. Neither gives way nor minds a cancellation, so it suits clean-up too.
     * @param operation what was called, for the message
     * @throws IllegalStateException if the caller is no coroutine, or one of another loop
     */
    public void enter(String operation) {
        check(Coroutine.current(operation), operation);
    }

    /**
     * Begins an operation that may wait: as {@link #enter}, and an {@link Async#checkpoint}.
     * @param operation what was called, for the message
     * @throws IllegalStateException if the caller is no coroutine, or one of another loop
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled
     */
    public void checkpoint(String operation) {
        Coroutine<?> coroutine = Coroutine.current(operation);
        check(coroutine, operation);
        coroutine.checkpoint();
    }

    private void check(Coroutine<?> coroutine, String operation) {
        if (loop != coroutine.loop()) {
            moveIn(coroutine, operation);
        }
    }

    /** Two loops may use it for the first time at the same moment: one of them is home, the other one gets the error. */
    private synchronized void moveIn(Coroutine<?> coroutine, String operation) {
        IOLoop home = loop;
        if (home == null
                || home.inLoop()) { // the latter if it was given from outside, as another face of the same loop
            loop = coroutine.loop();
        } else if (home != coroutine.loop()) {
            throw new IllegalStateException("`" + operation + "` was called in '" + coroutine.name() + "' of "
                    + coroutine.loop() + ", but this object belongs to " + home
                    + "; make one for each loop, or call it in a coroutine of that loop, with its `spawn`");
        }
    }
}
