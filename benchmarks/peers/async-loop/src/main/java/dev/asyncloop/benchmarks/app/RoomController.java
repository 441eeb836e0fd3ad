package dev.asyncloop.benchmarks.app;

import dev.asyncloop.channel.Topic;
import dev.asyncloop.spring.WebSocketMapping;
import dev.asyncloop.websocket.WebSocket;
import org.springframework.stereotype.Controller;

@Controller
class RoomController {

    private final Topic<String> room = Topic.create();

    @WebSocketMapping("/echo")
    void echo(WebSocket socket) {
        for (String text : socket.texts()) {
            socket.send(text);
        }
    }

    @WebSocketMapping("/room")
    void room(WebSocket socket) {
        try (var news = room.subscribe()) {
            socket.forward(news);
            for (String text : socket.texts()) {
                room.publish(text);
            }
        }
    }
}
