package dev.asyncloop.channel;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * How a channel ended, and what those who come after the end get to know of it.
 *
 * @param cause what it was closed with, if anything
 */
record Ending(@Nullable Throwable cause) {

    /** Makes the exception for who waits for an item or asks for one. */
    RuntimeException forReceiver(Object channel) {
        if (cause instanceof RuntimeException unchecked && !(cause instanceof CancellationException)) {
            return unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return cause == null || cause instanceof CancellationException
                ? new ChannelClosedException(channel + " is closed and has no more items", cause)
                : new CompletionException(cause);
    }

    /** Makes the exception for who has an item to hand over. */
    ChannelClosedException forSender(Object channel) {
        return new ChannelClosedException(
                channel + " is closed and takes no more items; close it when the last sender has ended", cause);
    }

    /** Throws the cause, if there is one. */
    void throwCause(Object channel) {
        if (cause != null) {
            throw forReceiver(channel);
        }
    }
}
