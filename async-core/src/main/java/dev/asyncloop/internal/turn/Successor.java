package dev.asyncloop.internal.turn;

/**
 * Somebody who stands in the line of a {@link Turn}.
 */
public interface Successor {

    /**
     * Called when this one is next, by whoever gives the turn away, in any thread. Has to return soon and must not throw.
     * @return {@code true} if this one has the turn now and will {@link Turn#pass} it on; {@code false} if it has done
     *     all it wanted within this call
     */
    boolean take();
}
