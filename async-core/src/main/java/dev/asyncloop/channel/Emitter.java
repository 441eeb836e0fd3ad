package dev.asyncloop.channel;

/**
 * Where a {@link Generator} puts its items: to the one subscriber that it runs for.
 *
 * @param <T> the type of the items
 */
public interface Emitter<T> {

    /**
     * Waits until the subscriber has asked for an item, and gives it this one. By the generator's coroutine and its
     * children, first come, first served.
     * @throws java.util.concurrent.CancellationException if the subscriber has cancelled, and with it the coroutine
     * @throws IllegalStateException after the generator has ended, or outside of a coroutine of its loop
     */
    void send(T item);
}
