package peer;

import io.micronaut.websocket.WebSocketBroadcaster;
import io.micronaut.websocket.annotation.OnMessage;
import io.micronaut.websocket.annotation.ServerWebSocket;
import org.reactivestreams.Publisher;

@ServerWebSocket("/room")
class RoomSocket {

    private final WebSocketBroadcaster broadcaster;

    RoomSocket(WebSocketBroadcaster broadcaster) {
        this.broadcaster = broadcaster;
    }

    @OnMessage
    Publisher<String> publish(String text) {
        return broadcaster.broadcast(text);
    }
}
