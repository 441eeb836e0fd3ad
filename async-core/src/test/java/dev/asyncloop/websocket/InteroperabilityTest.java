package dev.asyncloop.websocket;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.WebsocketServerSpec;

/** Against servers that others have written: Reactor Netty's, and Tornado's where Python has it. */
class InteroperabilityTest {

    private static final byte[] NOT_UTF_8 = {'h', 'e', 'l', 'l', 'o', ' ', (byte) 0xe9};

    private static DisposableServer reactorNetty() {
        WebsocketServerSpec spec = WebsocketServerSpec.builder()
                .protocols("goodproto")
                .compress(true)
                .compressionAllowServerNoContext(true)
                .maxFramePayloadLength(1 << 20)
                .build();
        return HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(routes -> routes.ws(
                                "/echo",
                                (in, out) -> out.sendObject(in.aggregateFrames(1 << 20)
                                        .receiveFrames()
                                        .map(frame -> frame.retain())),
                                spec)
                        .ws("/close", (in, out) -> out.sendClose(4002, "go away"))
                        .get("/plain", (request, response) -> response.sendString(Mono.just("hi"))))
                .bindNow();
    }

    @OnBothCarriers
    void reactorNettysServerSpeaksTheSame(Carrier carrier) {
        DisposableServer server = reactorNetty();
        try (var ws = new WebSocketFixture(carrier, options -> options.withSubprotocols("badproto", "goodproto"))) {
            String url = "ws://127.0.0.1:" + server.port();
            for (Compression compression : Compression.values()) {
                echo(ws, url + "/echo", compression);
            }
            CloseStatus closed = ws.run(() -> {
                WebSocket socket = await(ws.client.connect(url + "/close"));
                assertThatExceptionOfType(WebSocketClosedException.class).isThrownBy(socket::receiveOrNull);
                return socket.awaitClosed();
            });
            assertThat(closed).isEqualTo(new CloseStatus(4002, "go away"));
            assertThatExceptionOfType(HandshakeRefusedException.class)
                    .isThrownBy(() -> WebSocketFixture.outcome(ws.client.connect(url + "/plain")))
                    .satisfies(ex -> assertThat(ex.text()).isEqualTo("hi"));
        } finally {
            server.disposeNow();
        }
    }

    @OnBothCarriers
    void tornadosServerSpeaksTheSame(Carrier carrier) throws IOException {
        try (var tornado = new Tornado();
                var ws = new WebSocketFixture(carrier, options -> options.withSubprotocols("badproto", "goodproto"))) {
            for (Compression compression : Compression.values()) {
                echo(ws, tornado.url("/echo"), compression);
            }
            CloseStatus closed = ws.run(() -> {
                WebSocket socket = await(ws.client.connect(tornado.url("/close")));
                assertThatExceptionOfType(WebSocketClosedException.class).isThrownBy(socket::receiveOrNull);
                return socket.awaitClosed();
            });
            assertThat(closed).isEqualTo(new CloseStatus(4002, "go away"));
            ws.run(() -> {
                WebSocket socket = await(ws.client.connect(tornado.url("/fail")));
                socket.send("fail"); // Tornado drops the connection without a close frame then
                assertThatExceptionOfType(WebSocketClosedException.class).isThrownBy(socket::receiveOrNull);
                return socket.awaitClosed();
            });
            assertThatExceptionOfType(HandshakeRefusedException.class)
                    .isThrownBy(() -> WebSocketFixture.outcome(ws.client.connect(
                            tornado.url("/echo"), ws.client.options().withHeader("Origin", "https://a.example"))))
                    .satisfies(ex -> assertThat(ex.status()).isEqualTo(403));
            assertThatExceptionOfType(HandshakeRefusedException.class)
                    .isThrownBy(() -> WebSocketFixture.outcome(ws.client.connect(tornado.url("/nowhere"))))
                    .satisfies(ex -> assertThat(ex.status()).isEqualTo(404));
        }
    }

    private static void echo(WebSocketFixture ws, String url, Compression compression) {
        List<Message> messages = List.of(
                Message.of("hello"),
                Message.of("hello é"),
                Message.of(NOT_UTF_8),
                Message.of(""),
                Message.of("x".repeat(200_000)),
                Message.of("hello"));
        CloseStatus status = ws.run(() -> {
            WebSocket socket = await(ws.client.connect(url, ws.client.options().withCompression(compression)));
            assertThat(socket.subprotocol()).isEqualTo("goodproto");
            assertThat(socket.isCompressed()).isEqualTo(compression != Compression.OFF);
            List<Message> echoed = new ArrayList<>();
            for (Message message : messages) {
                socket.send(message);
            }
            for (int i = 0; i < messages.size(); i++) {
                echoed.add(socket.receive());
            }
            assertThat(echoed).isEqualTo(messages);
            assertThat(socket.ping(new byte[] {1, 2, 3})).isPositive();
            socket.close(1000, "bye");
            return socket.awaitClosed();
        });
        assertThat(status.code()).isEqualTo(1000);
    }

    /** A server in Python. */
    private static final class Tornado implements AutoCloseable {

        private final Process process;

        private final int port;

        Tornado() throws IOException {
            this.process = new ProcessBuilder(python(), "-u", "-c", source())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
            this.port = Integer.parseInt(out.readLine());
        }

        /** Skips the test where no Python has Tornado. */
        private static String python() throws IOException {
            for (String python : List.of("/usr/bin/python3", "python3")) {
                if (hasTornado(python)) {
                    return python;
                }
            }
            return Assumptions.abort("Python's Tornado is not installed: `apt-get install python3-tornado`");
        }

        private static boolean hasTornado(String python) throws IOException {
            if (python.startsWith("/") && !Files.isExecutable(Path.of(python))) {
                return false;
            }
            try {
                return new ProcessBuilder(python, "-c", "import tornado.websocket")
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start()
                                .waitFor()
                        == 0;
            } catch (InterruptedException ex) {
                throw new IllegalStateException(ex);
            } catch (IOException ex) {
                return false; // there is no such program
            }
        }

        private static String source() throws IOException {
            try (InputStream in = InteroperabilityTest.class.getResourceAsStream("tornado_server.py")) {
                assertThat(in).isNotNull();
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }

        String url(String path) {
            return "ws://127.0.0.1:" + port + path;
        }

        @Override
        public void close() throws IOException {
            process.getOutputStream().close(); // tells it to end
            try {
                if (!process.waitFor(20, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException ex) {
                throw new IllegalStateException(ex);
            }
        }
    }
}
