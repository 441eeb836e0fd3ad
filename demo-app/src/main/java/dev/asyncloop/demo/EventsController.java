package dev.asyncloop.demo;

import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.web.stream.EventStream;
import dev.asyncloop.spring.web.stream.LastEventId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Streams the board to programs, as server-sent events. */
@Coroutine
@RestController
class EventsController {

    private final StatusBoard board;

    EventsController(StatusBoard board) {
        this.board = board;
    }

    /** Begins with the newest board, unless that is what the reader had before it came again. */
    @GetMapping(path = "/api/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void events(EventStream out, @Nullable LastEventId last) {
        try (var updates = board.updates()) {
            out.open();
            Board newest = board.newest();
            if (last == null || !last.value().equals(id(newest))) {
                out.send(id(newest), newest);
            }
            for (Board update : updates) {
                out.send(id(update), update);
            }
        }
    }

    private static String id(Board board) {
        return String.valueOf(board.version());
    }
}
