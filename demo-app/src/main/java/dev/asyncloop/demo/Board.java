package dev.asyncloop.demo;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import java.util.List;

/**
 * The whole board at one moment.
 *
 * @param version how many changes there have been; tells a reader whether there is news
 * @param watches in the order in which they were added
 * @param up how many of them answer, slow ones included
 * @param historySize how many results each of them keeps at most
 * @param slowAfter from how many milliseconds on an answer counts as slow
 * @param carrier what carries the loop's coroutines
 * @param transport the name of Netty's transport
 */
record Board(
        long version,
        List<Watch.View> watches,
        long up,
        int historySize,
        long slowAfter,
        Carrier carrier,
        String transport) {

    static Board of(long version, List<Watch.View> watches, BoardProperties properties, IOLoop loop) {
        long up = watches.stream()
                .map(Watch.View::last)
                .filter(last -> last != null && last.state() != State.DOWN)
                .count();
        return new Board(
                version,
                watches,
                up,
                properties.historySize(),
                properties.slowAfter().toMillis(),
                loop.carrier(),
                loop.transport());
    }
}
