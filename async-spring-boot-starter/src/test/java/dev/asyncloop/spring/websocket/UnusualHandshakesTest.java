package dev.asyncloop.spring.websocket;

import static dev.asyncloop.spring.websocket.Applications.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.WebSocketMapping;
import dev.asyncloop.websocket.Message;
import dev.asyncloop.websocket.WebSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

/** Handshakes that go wrong half-way, or do not look as those of browsers do. */
@ExtendWith(OutputCaptureExtension.class)
class UnusualHandshakesTest {

    private static final Applications APPLICATIONS = new Applications(
            Application.class, "server.forward-headers-strategy=framework", "ioloop.websocket.close-wait=300ms");

    private static volatile boolean answered;

    @AfterAll
    static void close() {
        APPLICATIONS.close();
    }

    private static TestApplication on(Carrier carrier) {
        return APPLICATIONS.on(carrier);
    }

    @ParameterizedTest
    @EnumSource
    void whatFailsWhileTheAnswerIsCommittedIsTheAnswer(Carrier carrier) throws IOException {
        try (RawClient client = new RawClient(on(carrier).port())) {
            assertThat(client.handshake("/echo", "X-Fail: commit").status()).isEqualTo(500);
            assertThat(client.handshake("/looks", "X-Fail: commit").status()).isEqualTo(500);
            assertThat(client.handshake("/looks").status()).isEqualTo(101);
        }
    }

    /** The child's wait is over when the handler ends, so it has accepted although it is cancelled then. */
    @ParameterizedTest
    @EnumSource
    void aHandshakeIsAcceptedOnce(Carrier carrier) throws IOException {
        try (RawClient client = RawClient.open(on(carrier).port(), "/twice")) {
            assertThat(client.read().text())
                    .contains("was accepted before, or its handler has ended; a handshake can be accepted once");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWebSocketThatIsAcceptedAfterItsHandlerIsCountedOnce(Carrier carrier) throws Exception {
        WebSocketConnections connections = on(carrier).bean(WebSocketConnections.class);
        until(() -> connections.count() == 0);
        Handlers handlers = on(carrier).bean(Handlers.class);
        handlers.handshakeSeen = new CountDownLatch(1);
        answered = false;
        try (RawClient client = RawClient.open(on(carrier).port(), "/late-child")) {
            handlers.handshakeSeen.countDown();
            client.readEnd();
        }
        until(() -> connections.count() == 0);
        CountDownLatch stopped = new CountDownLatch(1);
        connections.stop(stopped::countDown);
        connections.start();
        assertThat(stopped.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void severalProtocolsToUpgradeTo(Carrier carrier) throws IOException {
        try (RawClient client = new RawClient(on(carrier).port())) {
            assertThat(client.handshake("/echo", "Upgrade: h2c\r\nUpgrade: websocket")
                            .status())
                    .isEqualTo(101);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProxyThatCallsTheSchemeWss(Carrier carrier) throws IOException {
        try (RawClient client = RawClient.open(
                on(carrier).port(),
                "/uri",
                "X-Forwarded-Proto: wss",
                "X-Forwarded-Host: a.example",
                "X-Forwarded-Port: 443",
                "Origin: https://a.example")) {
            assertThat(client.read().text()).isEqualTo("wss://a.example/uri");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyIsRefusedSoThatItIsNotTakenForFrames(Carrier carrier) throws IOException {
        try (RawClient client = new RawClient(on(carrier).port())) {
            client.write("GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "Content-Length: 5\r\n\r\nhe");
            assertThat(client.answer().status()).isEqualTo(400);
            client.write("llo");
            assertThat(client.handshake("/echo", "Content-Length: 0").status()).isEqualTo(101);
        }
    }

    @ParameterizedTest
    @EnumSource
    void clientsThatGoAtAnyMomentLeaveNothingBehind(Carrier carrier, CapturedOutput output) throws Exception {
        WebSocketConnections connections = on(carrier).bean(WebSocketConnections.class);
        until(() -> connections.count() == 0);
        byte[] frame = RawClient.frame(RawClient.TEXT, new byte[] {'h', 'i'});
        for (int i = 0; i < 300; i++) {
            RawClient client = new RawClient(on(carrier).port());
            client.write("GET " + List.of("/echo", "/looks", "/pushes").get(i % 3)
                    + " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
            for (int spin = 0; spin < (i % 50) * 2000; spin++) {
                Thread.onSpinWait();
            }
            if (i % 4 == 0) {
                client.answer();
            }
            if (i % 5 == 0) {
                client.socket.getOutputStream().write(frame);
            }
            if (i % 2 == 0) {
                client.reset();
            } else {
                client.close();
            }
        }
        until(() -> connections.count() == 0);
        CountDownLatch stopped = new CountDownLatch(1);
        connections.stop(stopped::countDown);
        connections.start();
        assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
        until(() -> on(carrier).bean(IOLoop.class).coroutines().size() <= 1);
        assertThat(output).doesNotContain("nobody awaited").doesNotContain(" ERROR ");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {

        @Bean
        WebFilter filter() {
            return (exchange, chain) -> switch (String.valueOf(
                    exchange.getRequest().getHeaders().getFirst("X-Fail"))) {
                case "commit" -> {
                    exchange.getResponse()
                            .beforeCommit(
                                    () -> exchange.getResponse().getStatusCode().value() == 101
                                            ? Mono.error(new IllegalStateException("not today"))
                                            : Mono.empty());
                    yield chain.filter(exchange);
                }
                default -> chain.filter(exchange).doOnSuccess(nothing -> answered = true);
            };
        }
    }

    @RestController
    static class Handlers {

        volatile CountDownLatch handshakeSeen = new CountDownLatch(1);

        @WebSocketMapping("/echo")
        void echo(WebSocket socket) {
            for (Message message : socket) {
                socket.send(message);
            }
        }

        @WebSocketMapping("/looks")
        void looks(WebSocketHandshake handshake) {
            Async.yieldNow();
            echo(handshake.accept());
        }

        @WebSocketMapping("/twice")
        void twice(WebSocketHandshake handshake) {
            WebSocket socket = handshake.accept();
            try {
                handshake.accept();
            } catch (IllegalStateException ex) {
                socket.send(ex.getMessage());
            }
        }

        @WebSocketMapping("/pushes")
        void pushes(WebSocket socket) {
            while (true) {
                socket.send("x");
                Async.sleep(Duration.ofMillis(1));
            }
        }

        @WebSocketMapping("/uri")
        void uri(WebSocket socket) {
            socket.send(socket.uri().toString());
        }

        @WebSocketMapping("/late-child")
        void lateChild(WebSocketHandshake handshake) throws InterruptedException {
            Async.spawn("accepts", () -> handshake.accept());
            while (!answered) {
                Async.yieldNow();
            }
            assertThat(handshakeSeen.await(10, TimeUnit.SECONDS)).isTrue(); // keeps the turn
        }

        @GetMapping("/page")
        String page() {
            return "a page";
        }
    }
}
