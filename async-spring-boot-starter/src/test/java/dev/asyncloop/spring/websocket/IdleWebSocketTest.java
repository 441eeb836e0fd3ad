package dev.asyncloop.spring.websocket;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.ApplicationPerCarrier;
import dev.asyncloop.spring.WebSocketMapping;
import dev.asyncloop.websocket.Message;
import dev.asyncloop.websocket.WebSocket;
import dev.asyncloop.websocket.WebSocketClient;
import dev.asyncloop.websocket.WebSocketOptions;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Controller;

/** The limits of requests that are slow or silent say nothing of a WebSocket, which has its pings. */
class IdleWebSocketTest {

    private static final ApplicationPerCarrier APPLICATIONS = new ApplicationPerCarrier(
            Application.class,
            "ioloop.web.header-timeout=100ms",
            "ioloop.web.body-timeout=100ms",
            "ioloop.web.request-timeout=100ms",
            "server.netty.idle-timeout=100ms");

    @AfterAll
    static void stop() {
        APPLICATIONS.close();
    }

    @ParameterizedTest
    @EnumSource
    void aWebSocketMayBeSilentForLongerThanARequest(Carrier carrier) {
        int port = APPLICATIONS.on(carrier).port();
        IOLoop.run(() -> {
            WebSocketClient client = WebSocketClient.create(
                    IOLoop.current(), WebSocketOptions.defaults().withoutPing());
            WebSocket socket = await(client.connect("ws://127.0.0.1:" + port + "/echo"));
            for (int i = 0; i < 2; i++) {
                sleep(Duration.ofSeconds(1));
                socket.send("still here?");
                assertThat(socket.receive()).isEqualTo(Message.of("still here?"));
            }
            client.close();
            return null;
        });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {}

    @Controller
    static class Handlers {

        @WebSocketMapping("/echo")
        void echo(WebSocket socket) {
            for (Message message : socket) {
                socket.send(message);
            }
        }
    }
}
