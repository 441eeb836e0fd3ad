package dev.asyncloop.demo;

import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * The board's news for everyone who looks at it. An update is the whole board, so who is too slow for one misses
 * nothing by getting only the newest: it keeps one update waiting, never a line of them.
 */
@Component
class BoardFeed {

    private final Sinks.Many<Board> boards = Sinks.many().replay().latest();

    /** Hands out an update. In the loop's turn only. */
    void publish(Board board) {
        boards.tryEmitNext(board);
    }

    /** Starts with the newest board there is. */
    Flux<Board> updates() {
        return boards.asFlux().onBackpressureLatest();
    }

    /** Returns how many streams are open. */
    int readers() {
        return boards.currentSubscriberCount();
    }

    /** Ends the open streams, so that a graceful shutdown need not wait for their readers. */
    @EventListener(ContextClosedEvent.class)
    void end() {
        boards.tryEmitComplete();
    }
}
