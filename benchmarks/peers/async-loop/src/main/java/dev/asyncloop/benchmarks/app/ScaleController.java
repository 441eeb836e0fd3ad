package dev.asyncloop.benchmarks.app;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.channel.Topic;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.WebSocketMapping;
import dev.asyncloop.spring.websocket.WebSocketConnections;
import dev.asyncloop.websocket.WebSocket;
import java.lang.management.ManagementFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Many WebSockets: idle ones, and a room in which everybody hears everything. */
@RestController
@Coroutine
class ScaleController {

    private final Topic<String> room = Topic.create();

    private final WebSocketConnections connections;

    ScaleController(WebSocketConnections connections) {
        this.connections = connections;
    }

    @WebSocketMapping("/idle")
    void idle(WebSocket socket) {
        for (String text : socket.texts()) { // one coroutine, which waits until the client closes
            socket.send(text);
        }
    }

    @WebSocketMapping("/listen")
    void listen(WebSocket socket) {
        try (var news = room.subscribe()) {
            Async.await(socket.forward(news));
        }
    }

    @GetMapping("/connections")
    int connections() {
        return connections.count();
    }

    @GetMapping("/listeners")
    int listeners() {
        return room.subscribers();
    }

    @PostMapping("/broadcast")
    void broadcast(@RequestBody String text) {
        room.publish(text);
    }

    /** Returns the bytes of the heap in use, after a collection. */
    @GetMapping("/heap")
    long heap() {
        return Async.await(IOLoop.current().runInExecutor(() -> {
            System.gc();
            return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        }));
    }
}
