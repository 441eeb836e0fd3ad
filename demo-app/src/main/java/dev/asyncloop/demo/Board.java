package dev.asyncloop.demo;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import java.util.List;

/**
 * The whole board at one moment.
 *
 * @param watches in the order in which they were added
 * @param up how many of them answer, slow ones included
 * @param historySize how many results each of them keeps at most
 * @param carrier what carries the loop's coroutines
 * @param transport the name of Netty's transport
 */
record Board(List<Watch.View> watches, long up, int historySize, Carrier carrier, String transport) {

    static Board of(List<Watch.View> watches, int historySize, IOLoop loop) {
        long up = watches.stream()
                .map(Watch.View::last)
                .filter(last -> last != null && last.state() != State.DOWN)
                .count();
        return new Board(watches, up, historySize, loop.carrier(), loop.transport());
    }
}
