package dev.asyncloop.demo;

import static dev.asyncloop.Async.await;

import dev.asyncloop.spring.WebSocketMapping;
import dev.asyncloop.websocket.WebSocket;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestParam;

/** What the page hears from and says to: two WebSockets, each a loop in a coroutine of its own. */
@Controller
class LiveController {

    /** Closes what can't be used, with a reason to show; to come again with the same would be in vain. */
    private static final int INVALID = 4400;

    private final StatusBoard board;

    private final ChatRoom room;

    LiveController(StatusBoard board, ChatRoom room) {
        this.board = board;
        this.room = room;
    }

    /** The board as it is, and then each update. */
    @WebSocketMapping("/api/live")
    void board(WebSocket socket) {
        try (var updates = board.updates()) {
            socket.sendJson(board.newest());
            await(socket.forward(updates));
        }
    }

    /** What the guest sends is said to all; the child sends the guest what all say. */
    @WebSocketMapping("/api/chat")
    void chat(@RequestParam(required = false) @Nullable String name, WebSocket socket) {
        try (var visit = room.enter(name)) {
            socket.sendJson(visit.welcome());
            socket.forward(visit.lines());
            for (String text : socket.texts()) {
                visit.say(text);
            }
        } catch (InvalidInputException ex) {
            socket.close(INVALID, String.valueOf(ex.getBody().getDetail()));
        }
    }
}
