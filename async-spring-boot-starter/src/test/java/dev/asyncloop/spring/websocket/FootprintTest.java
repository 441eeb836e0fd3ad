package dev.asyncloop.spring.websocket;

import static dev.asyncloop.spring.websocket.Applications.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.WebSocketMapping;
import dev.asyncloop.websocket.WebSocket;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * What an idle connection costs with its coroutine, which waits for a message: 12.7 KB on either carrier. Of that the
 * coroutine's stack, not compiled yet, is 5.8 KB, Netty's channel 1.5, the headers of the request 1, and the test's own side
 * 0.7. A request that WebFlux or Reactor Netty keeps would be some 5 KB more.
 */
class FootprintTest {

    private static final int COUNT = 400;

    private static final int LIMIT = 14 * 1024;

    @ParameterizedTest
    @EnumSource
    void anIdleWebSocketKeepsNothingOfItsRequest(Carrier carrier) throws IOException {
        List<RawClient> clients = new ArrayList<>();
        try (TestApplication application = Applications.start(
                Application.class, carrier, List.of("management.observations.enable.http.server.requests=false"))) {
            open(application, clients, 50); // loads what is loaded once
            long before = usedHeap();
            open(application, clients, COUNT);
            until(() -> application.bean(WebSocketConnections.class).count() == COUNT + 50);
            long each = (usedHeap() - before) / COUNT;
            assertThat(each).isPositive().isLessThan(LIMIT);
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    private static void open(TestApplication application, List<RawClient> clients, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            clients.add(RawClient.open(application.port(), "/idle/room"));
        }
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {}

    @RestController
    static class Handlers {

        @WebSocketMapping("/idle/{room}")
        void idle(@PathVariable String room, WebSocket socket) {
            for (String text : socket.texts()) {
                socket.send(room + text);
            }
        }
    }
}
