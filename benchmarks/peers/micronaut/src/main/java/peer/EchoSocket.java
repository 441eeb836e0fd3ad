package peer;

import io.micronaut.websocket.WebSocketSession;
import io.micronaut.websocket.annotation.OnMessage;
import io.micronaut.websocket.annotation.ServerWebSocket;
import org.reactivestreams.Publisher;

@ServerWebSocket("/echo")
class EchoSocket {

    @OnMessage
    Publisher<String> echo(String text, WebSocketSession session) {
        return session.send(text);
    }
}
