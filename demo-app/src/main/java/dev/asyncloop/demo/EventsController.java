package dev.asyncloop.demo;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

/** Streams the board as server-sent events: a reactive handler beside the coroutines. */
@RestController
class EventsController {

    private final BoardFeed feed;

    EventsController(BoardFeed feed) {
        this.feed = feed;
    }

    @GetMapping(path = "/api/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<Board> events() {
        return feed.updates();
    }
}
