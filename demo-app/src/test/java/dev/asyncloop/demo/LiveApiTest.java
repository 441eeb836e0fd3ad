package dev.asyncloop.demo;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.jayway.jsonpath.JsonPath;
import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.websocket.WebSocketConnections;
import dev.asyncloop.websocket.CloseStatus;
import dev.asyncloop.websocket.HandshakeRefusedException;
import dev.asyncloop.websocket.Message;
import dev.asyncloop.websocket.WebSocket;
import dev.asyncloop.websocket.WebSocketClient;
import dev.asyncloop.websocket.WebSocketOptions;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** {@code /api/live} and {@code /api/chat}, as programs see them. */
@BoardTest
class LiveApiTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    @LocalServerPort
    private int port;

    @Autowired
    private IOLoop loop;

    @Autowired
    private StatusBoard board;

    @Autowired
    private ChatRoom room;

    @Autowired
    private WebSocketConnections connections;

    @Test
    void sendsTheBoardAndItsUpdatesUntilTheReaderGoes() {
        with("/api/live", socket -> {
            String first = next(socket);
            assertThat(JsonPath.<List<String>>read(first, "$.watches[*].name")).contains("Built-in: quick");
            int before = JsonPath.read(first, "$.version");
            assertThat(JsonPath.<Integer>read(next(socket), "$.version")).isGreaterThan(before);
            assertThat(board.readers()).isPositive();
        });
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(board.readers()).isZero());
    }

    @Test
    void welcomesAGuestAndSendsBackWhatIsSaid() {
        with("/api/chat?name=Grace", socket -> {
            String welcome = next(socket);
            assertThat(JsonPath.<String>read(welcome, "$.name")).isEqualTo("Grace");
            assertThat(JsonPath.<List<String>>read(welcome, "$.here")).contains("Grace");
            socket.send("  hello  ");
            String line = next(socket);
            assertThat(JsonPath.<String>read(line, "$.kind")).isEqualTo("SAID");
            assertThat(JsonPath.<String>read(line, "$.name")).isEqualTo("Grace");
            assertThat(JsonPath.<String>read(line, "$.text")).isEqualTo("hello");
        });
    }

    @Test
    void aGuestHasLeftWhoeverHasEndedTheConnection() {
        with("/api/chat?name=Heidi", socket -> assertThat(next(socket)).contains("Heidi"));
        with("/api/chat?name=Ivan", socket -> {
            assertThat(next(socket)).contains("Ivan");
            connections.list().forEach(one -> one.socket().close(1011, "dropped"));
            assertThat(socket.awaitClosed().code()).isEqualTo(1011);
        });
        Awaitility.await().atMost(LIMIT).untilAsserted(() -> assertThat(here()).doesNotContain("Heidi", "Ivan"));
    }

    private List<String> here() {
        return loop.runSync(() -> {
            try (var visit = room.enter("Judy")) {
                return visit.welcome().here();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/chat", "/api/chat?name=", "/api/chat?name=%3Cb%3E"})
    void closesWithTheReasonWhatHasNoName(String path) {
        with(path, socket -> {
            CloseStatus status = socket.awaitClosed();
            assertThat(status.code()).isEqualTo(4400);
            assertThat(status.reason()).startsWith("'name' is no name; use up to 24 letters");
        });
    }

    @Test
    void closesWithTheReasonWhoTalksTooMuch() {
        with("/api/chat?name=Grace", socket -> {
            socket.send("a".repeat(501));
            assertThat(socket.awaitClosed())
                    .isEqualTo(new CloseStatus(4400, "'text' has 501 characters; say it in at most 500"));
        });
        with("/api/chat?name=Grace", socket -> {
            socket.send("a".repeat(9_000));
            assertThat(socket.awaitClosed().code()).isEqualTo(1009);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/live", "/api/chat?name=Eve"})
    void refusesThePagesOfOthers(String path) {
        WebSocketOptions foreign = WebSocketOptions.defaults().withHeader("Origin", "https://evil.example");
        assertThatExceptionOfType(HandshakeRefusedException.class)
                .isThrownBy(() -> with(path, foreign, socket -> {}))
                .returns(403, HandshakeRefusedException::status);
    }

    private static String next(WebSocket socket) {
        return ((Message.Text) socket.receive(LIMIT)).text();
    }

    private void with(String path, Visitor visitor) {
        with(path, WebSocketOptions.defaults(), visitor);
    }

    private void with(String path, WebSocketOptions options, Visitor visitor) {
        loop.runSync(LIMIT, () -> {
            try (WebSocketClient client = WebSocketClient.create(loop, options);
                    WebSocket socket = await(client.connect("ws://127.0.0.1:" + port + path))) {
                visitor.visit(socket);
            }
            return null;
        });
    }

    /** What a test does with a connection. */
    private interface Visitor {

        void visit(WebSocket socket);
    }
}
