package dev.asyncloop.channel;

/** An item that waits for room in a channel. */
abstract class Offer<T> {

    final T item;

    Offer(T item) {
        this.item = item;
    }

    /**
     * Tells the sender that its item is taken.
     * @return whether it is: {@code false} if the sender was cancelled or timed out before
     */
    abstract boolean accept();

    /** Tells the sender of an accepted item that the channel could not take it after all. In the same turn. */
    abstract void failed(Throwable failure);

    /** Tells the sender that its item will not be taken any more. */
    abstract void refuse();
}
