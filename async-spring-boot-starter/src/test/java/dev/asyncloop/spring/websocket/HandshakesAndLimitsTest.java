package dev.asyncloop.spring.websocket;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.spring.websocket.Applications.until;
import static dev.asyncloop.spring.websocket.Applications.url;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.channel.Overflow;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.WebSocketMapping;
import dev.asyncloop.websocket.Compression;
import dev.asyncloop.websocket.Message;
import dev.asyncloop.websocket.WebSocket;
import dev.asyncloop.websocket.WebSocketClosedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Who may connect, and what a client that breaks the rules, or only takes too much, gets. */
@ExtendWith(OutputCaptureExtension.class)
class HandshakesAndLimitsTest {

    private static final int LIMIT = 64 * 1024;

    private static final Applications APPLICATIONS = new Applications(
            Application.class,
            "ioloop.websocket.max-message-size=64KB",
            "ioloop.websocket.compression=on",
            "ioloop.websocket.allowed-origins=https://*.friend.example",
            "ioloop.websocket.close-wait=300ms");

    @AfterAll
    static void close() {
        APPLICATIONS.close();
    }

    private static TestApplication on(Carrier carrier) {
        return APPLICATIONS.on(carrier);
    }

    // ---- handshakes

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Upgrade:                              | 400",
                "Upgrade: h2c                          | 400",
                "Connection:                           | 400",
                "Sec-WebSocket-Version: 12             | 426",
                "Sec-WebSocket-Version:                | 426",
                "Sec-WebSocket-Key:                    | 400",
                "Sec-WebSocket-Key: x                  | 400",
                "Upgrade: WebSocket                    | 101",
                "Connection: keep-alive, upgrade       | 101",
                "Origin: http://127.0.0.1:PORT         | 101",
                "Origin: http://127.0.0.1:PORT/a/path  | 101",
                "Origin: https://127.0.0.1:PORT        | 101",
                "Origin: http://127.0.0.1:1            | 403",
                "Origin: http://127.0.0.1              | 403",
                "Origin: 127.0.0.1:PORT                | 403",
                "Origin: null                          | 403",
                "Origin: http://evil.example           | 403",
                "Origin: http://sub.127.0.0.1:PORT     | 403",
                "Origin: http://x@127.0.0.1:PORT       | 403",
                "Origin: ://                           | 403",
                "Origin: https://a.friend.example      | 101",
                "Origin: http://a.friend.example       | 403",
                "Origin: https://friend.example.evil   | 403",
            })
    void aHandshakeIsAnsweredAsItDeserves(String header, int status) throws IOException {
        int port = on(Carrier.EVENT_LOOP).port();
        try (RawClient client = new RawClient(port)) {
            RawClient.Answer answer = client.handshake("/echo", header.strip().replace("PORT", "" + port));
            assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
            if (status == 426) {
                assertThat(answer.header("Sec-WebSocket-Version")).isEqualTo("13");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/own, https://mine.example, 101",
        "/own, https://a.friend.example, 403",
        "/all, http://evil.example, 101"
    })
    void aMappingsOwnOriginsCountInstead(String path, String origin, int status) throws IOException {
        try (RawClient client = new RawClient(on(Carrier.EVENT_LOOP).port())) {
            assertThat(client.handshake(path, "Origin: " + origin).status()).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNoHandshakeAtAllIsToldSo(Carrier carrier) {
        TestApplication application = on(carrier);
        assertThat(application.get("/echo").getStatusCode().value()).isEqualTo(400);
        assertThat(application
                        .exchange(application.client().method(HttpMethod.POST).uri("/echo"))
                        .getStatusCode()
                        .value())
                .isEqualTo(405);
        assertThat(application.get("/elsewhere").getStatusCode().value()).isEqualTo(404);
    }

    /** Of a pattern that is that of much else, and with or without exception handlers that the application has. */
    @ParameterizedTest
    @CsvSource({"EVENT_LOOP, true", "EVENT_LOOP, false", "JDK, true"})
    void whatElseHasThePathOfAWebSocketIsServed(Carrier carrier, boolean problems) {
        try (TestApplication application = Applications.start(
                Rooms.class, carrier, List.of("spring.webflux.problemdetails.enabled=" + problems))) {
            assertThat(once(application, HttpMethod.GET, "/hello.txt")
                            .getStatusCode()
                            .value())
                    .isEqualTo(200);
            assertThat(once(application, HttpMethod.GET, "/closed")
                            .getStatusCode()
                            .value())
                    .isEqualTo(404); // as its handler says
            assertThat(once(application, HttpMethod.GET, "/none/below")
                            .getStatusCode()
                            .value())
                    .isEqualTo(404);
            ResponseEntity<String> refusal = once(application, HttpMethod.GET, "/none");
            assertThat(refusal.getStatusCode().value()).isEqualTo(400);
            ResponseEntity<String> posted = once(application, HttpMethod.POST, "/none");
            assertThat(posted.getStatusCode().value()).isEqualTo(405);
            if (problems) {
                assertThat(refusal.getBody()).contains("Can \\\"Upgrade\\\" only to \\\"WebSocket\\\".");
                assertThat(posted.getHeaders().getAllow()).containsExactly(HttpMethod.GET);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutStaticFilesNothingIsMissed(Carrier carrier) {
        try (TestApplication application =
                Applications.start(Rooms.class, carrier, List.of("spring.web.resources.add-mappings=false"))) {
            assertThat(application.get("/none").getStatusCode().value()).isEqualTo(400);
            assertThat(application.get("/none/below").getStatusCode().value()).isEqualTo(404);
        }
    }

    /** On a connection of its own: Reactor Netty may lose a request that comes before the end of a file is written. */
    private static ResponseEntity<String> once(TestApplication application, HttpMethod method, String path) {
        return application.exchange(
                TestApplication.onceTo(application.port()).method(method).uri(path));
    }

    // ---- limits

    @ParameterizedTest
    @EnumSource
    void aMessageMayBeAsLargeAsTheLimitAndNoLarger(Carrier carrier) throws IOException {
        try (RawClient client = RawClient.open(on(carrier).port(), "/echo")) {
            client.send(RawClient.BINARY, new byte[LIMIT]);
            assertThat(client.read().payload()).hasSize(LIMIT);
            client.send(RawClient.BINARY, new byte[LIMIT + 1]);
            assertThat(client.readCloseCode()).isEqualTo(1009);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMessageOfManyFragmentsIsLimitedToo(Carrier carrier) throws IOException {
        try (RawClient client = RawClient.open(on(carrier).port(), "/echo")) {
            client.send(0x02, new byte[LIMIT / 2]);
            client.send(0x80, new byte[LIMIT / 2]);
            assertThat(client.read().payload()).hasSize(LIMIT);
            client.send(0x02, new byte[LIMIT / 2]);
            client.send(0x00, new byte[LIMIT / 2]);
            client.send(0x80, new byte[1]);
            assertThat(client.readCloseCode()).isEqualTo(1009);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSmallOnlyWhileCompressedIsLimitedToo(Carrier carrier) throws IOException {
        try (RawClient client = new RawClient(on(carrier).port())) {
            RawClient.Answer answer = client.handshake("/echo", "Sec-WebSocket-Extensions: permessage-deflate");
            assertThat(answer.header("Sec-WebSocket-Extensions")).isEqualTo("permessage-deflate");
            client.send(0xc1, deflated(new byte[1_000]));
            assertThat(client.read().first()).isEqualTo(0xc1);
            byte[] bomb = deflated(new byte[50_000_000]);
            assertThat(bomb.length).isLessThan(LIMIT);
            client.send(0xc1, bomb);
            assertThat(client.readCloseCode()).isEqualTo(1009);
        }
    }

    private static byte[] deflated(byte[] content) {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(content);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        int count;
        while ((count = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH)) > 0) {
            out.write(buffer, 0, count);
        }
        deflater.end();
        byte[] all = out.toByteArray();
        return Arrays.copyOf(all, all.length - 4);
    }

    @ParameterizedTest
    @EnumSource
    void messagesAreCompressedForThoseWhoWantThat(Carrier carrier) {
        APPLICATIONS.run(carrier, client -> {
            for (Compression compression : Compression.values()) {
                try (WebSocket socket = await(client.connect(
                        url(on(carrier), "/echo"), client.options().withCompression(compression)))) {
                    assertThat(socket.isCompressed()).isEqualTo(compression != Compression.OFF);
                    for (int i = 0; i < 3; i++) {
                        socket.send("again and again ".repeat(1_000));
                        assertThat(socket.receive()).isEqualTo(Message.of("again and again ".repeat(1_000)));
                    }
                }
            }
            return null;
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EVENT_LOOP | 81 01 78                | 1002", // not masked
                "EVENT_LOOP | c1 81 00 00 00 00 78    | 1002", // compressed, which was not agreed upon
                "EVENT_LOOP | 80 81 00 00 00 00 78    | 1002", // the end of nothing
                "EVENT_LOOP | 83 80 00 00 00 00       | 1002", // an unknown kind
                "EVENT_LOOP | 09 80 00 00 00 00       | 1002", // a ping in parts
                "EVENT_LOOP | 81 81 00 00 00 00 ff    | 1007", // not UTF-8
                "EVENT_LOOP | 88 82 00 00 00 00 03 ed | 1002", // close code 1005
                "EVENT_LOOP | 82 81 00 00 00 00 01    | 1003", // binary where texts are read
                "EVENT_LOOP | 88 82 00 00 00 00 0f a1 | 4001", // is answered with its own
                "JDK        | 81 01 78                | 1002",
                "JDK        | 81 81 00 00 00 00 ff    | 1007",
            })
    void aClientThatBreaksTheRulesGetsTheCodeForThat(Carrier carrier, String bytes, int code, CapturedOutput output)
            throws IOException {
        try (RawClient client = RawClient.open(on(carrier).port(), "/texts")) {
            client.socket.getOutputStream().write(bytes(bytes.strip()));
            assertThat(client.readCloseCode()).isEqualTo(code);
            client.readEnd();
        }
        until(() -> on(carrier).bean(WebSocketConnections.class).count() == 0);
        assertThat(output).doesNotContain("ERROR");
    }

    private static byte[] bytes(String hex) {
        String[] all = hex.split(" ");
        byte[] bytes = new byte[all.length];
        for (int i = 0; i < all.length; i++) {
            bytes[i] = (byte) Integer.parseInt(all[i], 16);
        }
        return bytes;
    }

    // ---- pings

    @ParameterizedTest
    @EnumSource
    void pingsAreAnswered(Carrier carrier) throws IOException {
        try (RawClient client = RawClient.open(on(carrier).port(), "/echo")) {
            client.send(RawClient.PING, "are you there");
            RawClient.Frame pong = client.read();
            assertThat(pong.first()).isEqualTo(RawClient.PONG);
            assertThat(pong.text()).isEqualTo("are you there");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatDoesNotAnswerPingsIsGone(Carrier carrier, CapturedOutput output) throws IOException {
        Handlers handlers = on(carrier).bean(Handlers.class);
        handlers.seen.clear();
        try (RawClient client = RawClient.open(on(carrier).port(), "/pinged")) {
            assertThat(client.read().first()).isEqualTo(RawClient.PING);
            assertThat(client.readCloseCode()).isEqualTo(1011);
            until(() -> !handlers.seen.isEmpty());
            assertThat(handlers.seen.getFirst()).startsWith("1011 (ping timed out");
        }
        assertThat(output).doesNotContain("ERROR");
    }

    // ---- slow clients

    @ParameterizedTest
    @EnumSource
    void aClientThatTakesTooLittleIsClosedIfTheHandlerWantsThat(Carrier carrier) throws IOException {
        Handlers handlers = on(carrier).bean(Handlers.class);
        handlers.seen.clear();
        try (RawClient client = RawClient.open(on(carrier).port(), "/impatient")) {
            until(() -> !handlers.seen.isEmpty());
            assertThat(handlers.seen.getFirst()).startsWith("1013");
            client.readEnd();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSenderWaitsForASlowClientOtherwise(Carrier carrier) throws IOException {
        Handlers handlers = on(carrier).bean(Handlers.class);
        handlers.seen.clear();
        try (RawClient client = RawClient.open(on(carrier).port(), "/patient")) {
            until(() -> handlers.seen.contains("waits"));
            for (int i = 0; i < 500; i++) {
                assertThat(client.read().payload()).hasSize(20_000);
            }
            assertThat(client.readCloseCode()).isEqualTo(1000);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(RoomHandlers.class)
    static class Rooms {}

    @RestController
    static class RoomHandlers {

        @WebSocketMapping("/{room}")
        void room(WebSocket socket) {}

        @GetMapping("/closed")
        void closed() {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND);
        }
    }

    @RestController
    static class Handlers {

        final List<String> seen = Collections.synchronizedList(new ArrayList<>());

        @WebSocketMapping("/echo")
        void echo(WebSocket socket) {
            for (Message message : socket) {
                socket.send(message);
            }
        }

        @WebSocketMapping(path = "/own", origins = "https://mine.example")
        void own(WebSocket socket) {}

        @WebSocketMapping(path = "/all", origins = "*")
        void all(WebSocket socket) {}

        @WebSocketMapping("/texts")
        void texts(WebSocket socket) {
            for (String text : socket.texts()) {
                seen.add(text);
            }
        }

        @WebSocketMapping("/pinged")
        void pinged(WebSocketHandshake handshake) {
            WebSocket socket =
                    handshake.accept(options -> options.withPing(Duration.ofMillis(200), Duration.ofMillis(100)));
            try {
                socket.receive();
            } catch (WebSocketClosedException ex) {
                seen.add(ex.status().toString());
                throw ex;
            }
        }

        @WebSocketMapping("/impatient")
        void impatient(WebSocketHandshake handshake) {
            WebSocket socket = handshake.accept(options -> options.withOutbox(4, Overflow.CLOSE));
            try {
                for (int i = 0; i < 10_000; i++) {
                    socket.send(new byte[20_000]);
                    Async.yieldNow();
                }
            } catch (WebSocketClosedException ex) {
                seen.add(ex.status().toString());
                throw ex;
            }
        }

        @WebSocketMapping("/patient")
        void patient(WebSocketHandshake handshake) {
            WebSocket socket = handshake.accept(options -> options.withOutbox(4, Overflow.SUSPEND));
            for (int i = 0; i < 500; i++) {
                if (socket.outbox() == 4 && seen.isEmpty()) {
                    seen.add("waits");
                }
                socket.send(new byte[20_000]);
            }
        }
    }
}
