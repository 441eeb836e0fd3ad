package dev.asyncloop.websocket;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.http.Headers;
import dev.asyncloop.testing.ManualClock;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.WebsocketServerSpec;
import reactor.netty.resources.LoopResources;

/** The same WebSocket on the side of a server, with both sides on one loop. */
class ServerRoleTest {

    /** A server on the loop that hands each connection to a coroutine, as a framework would. */
    private static DisposableServer serve(IOLoop loop, String subprotocols, Consumer<WebSocket> handler) {
        WebsocketServerSpec.Builder spec = WebsocketServerSpec.builder();
        if (!subprotocols.isEmpty()) {
            spec.protocols(subprotocols);
        }
        LoopResources resources = useNative -> loop.eventLoopGroup();
        return HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .runOn(resources)
                .handle((request, response) -> response.sendWebsocket(
                        (in, out) -> {
                            CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
                            in.withConnection(connection ->
                                    accept(loop, connection, in.headers(), in.selectedSubprotocol(), handler, end));
                            return Mono.fromFuture(end);
                        },
                        spec.build()))
                .bindNow();
    }

    /** Of the servers' WebSockets. */
    private static final Map<WebSocket, Channel> channels = new ConcurrentHashMap<>();

    private static void accept(
            IOLoop loop,
            Connection connection,
            Iterable<Map.Entry<String, String>> headers,
            @Nullable String subprotocol,
            Consumer<WebSocket> handler,
            CompletableFuture<@Nullable Void> end) {
        connection.channel().closeFuture().addListener(closed -> end.complete(null));
        WebSocket socket = WebSockets.accept(
                loop,
                connection.channel(),
                URI.create("ws://localhost/chat"),
                Headers.of(headers),
                subprotocol,
                WebSocketOptions.defaults());
        channels.put(socket, connection.channel());
        loop.spawn(() -> {
            try {
                handler.accept(socket);
                socket.close();
            } catch (RuntimeException ex) {
                socket.close(1011, "failed");
            }
            return null;
        });
    }

    /** Opens a WebSocket to the server, for tests that say what goes over it byte for byte. */
    private static Socket openRaw(int port) throws IOException {
        Socket raw = new Socket("127.0.0.1", port);
        raw.setSoTimeout(20_000);
        raw.getOutputStream()
                .write(("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                + "Sec-WebSocket-Version: 13\r\n\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = raw.getInputStream().read();
            assertThat(next).isNotNegative();
            head.append((char) next);
        }
        return raw;
    }

    private static void echo(WebSocket socket) {
        for (Message message : socket) {
            socket.send(message);
        }
    }

    @OnBothCarriers
    void bothSidesSpeakOnOneLoop(Carrier carrier) {
        try (var ws = new WebSocketFixture(carrier, options -> options.withSubprotocols("goodproto"))) {
            List<String> seen = new ArrayList<>();
            DisposableServer server = serve(ws.loop, "goodproto", socket -> {
                seen.add(socket.subprotocol() + " " + socket.headers().first("X-From"));
                echo(socket);
                seen.add(String.valueOf(socket.closeStatus()));
            });
            try {
                CloseStatus status = ws.run(() -> {
                    WebSocket socket = await(ws.client.connect(
                            "ws://127.0.0.1:" + server.port(),
                            ws.client.options().withHeader("X-From", "test")));
                    for (Message message :
                            List.of(Message.of("hello é"), Message.of(new byte[300_000]), Message.of(""))) {
                        socket.send(message);
                        assertThat(socket.receive()).isEqualTo(message);
                    }
                    socket.ping();
                    socket.close(4000, "done");
                    return socket.awaitClosed();
                });
                assertThat(status).isEqualTo(new CloseStatus(4000, "done"));
                ws.settle();
                assertThat(seen).startsWith("goodproto test");
            } finally {
                server.disposeNow();
            }
        }
    }

    @OnBothCarriers
    void theEndOfTheHandlerClosesAndTheServerClosesTheConnection(Carrier carrier) {
        try (var ws = new WebSocketFixture(carrier)) {
            DisposableServer server = serve(ws.loop, "", socket -> {
                if (socket.receive().equals(Message.of("fail"))) {
                    throw new IllegalStateException("as the test wants it");
                }
            });
            String url = "ws://127.0.0.1:" + server.port();
            try {
                ws.run(() -> {
                    WebSocket good = await(ws.client.connect(url));
                    good.send("end");
                    assertThat(good.receiveOrNull()).isNull();
                    assertThat(good.awaitClosed()).isEqualTo(CloseStatus.NORMAL);
                    WebSocket bad = await(ws.client.connect(url));
                    bad.send("fail");
                    assertThatExceptionOfType(WebSocketClosedException.class).isThrownBy(bad::receiveOrNull);
                    assertThat(bad.awaitClosed()).isEqualTo(new CloseStatus(1011, "failed"));
                    return null;
                });
                ws.until(() -> ws.client.active() == 0);
            } finally {
                server.disposeNow();
            }
        }
    }

    @OnBothCarriers
    void aFrameThatIsNotMaskedIsAProtocolError(Carrier carrier) throws IOException {
        try (var ws = new WebSocketFixture(carrier)) {
            DisposableServer server = serve(ws.loop, "", ServerRoleTest::echo);
            try (Socket raw = openRaw(server.port())) {
                DataInputStream in = new DataInputStream(raw.getInputStream());
                raw.getOutputStream().write(RawPeer.Link.frame(0x81, new byte[] {'x'}));
                assertThat(in.readUnsignedByte()).isEqualTo(0x88);
                assertThat(in.readUnsignedByte()).isLessThan(126); // not masked
                assertThat(in.readUnsignedShort()).isEqualTo(1002);
            } finally {
                server.disposeNow();
            }
        }
    }

    @OnBothCarriers
    void itIsAcceptedOnTheEventLoopOnly(Carrier carrier) {
        try (var ws = new WebSocketFixture(carrier)) {
            DisposableServer server = serve(ws.loop, "", ServerRoleTest::echo);
            try {
                Task<WebSocket> opening = ws.client.connect("ws://127.0.0.1:" + server.port());
                WebSocketFixture.outcome(opening);
                assertThatIllegalStateException()
                        .isThrownBy(() -> WebSockets.accept(
                                ws.loop,
                                server.channel(),
                                URI.create("ws://localhost/"),
                                Headers.of(List.of()),
                                null,
                                WebSocketOptions.defaults()))
                        .withMessageContaining("outside of the event loop");
            } finally {
                server.disposeNow();
            }
        }
    }

    @OnBothCarriers
    void nothingComesBetweenThePartsOfAFrame(Carrier carrier) throws Exception {
        try (var ws = new WebSocketFixture(carrier)) {
            DisposableServer server = serve(ws.loop, "", socket -> {
                Channel channel = channels.get(socket);
                hold(channel, true);
                socket.send(new byte[2_000]); // too large to be written in one piece with its head
                socket.close();
                channel.eventLoop()
                        .execute(
                                () -> { // the head alone is too much for the channel
                                    channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 50));
                                    hold(channel, false);
                                });
                socket.awaitClosed();
            });
            try (Socket raw = openRaw(server.port())) {
                DataInputStream in = new DataInputStream(raw.getInputStream());
                assertThat(in.readUnsignedByte()).isEqualTo(0x82);
                assertThat(in.readUnsignedByte()).isEqualTo(126);
                assertThat(in.readUnsignedShort()).isEqualTo(2_000);
                assertThat(in.readNBytes(2_000)).isEqualTo(new byte[2_000]);
                assertThat(in.readUnsignedByte()).isEqualTo(0x88);
            } finally {
                server.disposeNow();
            }
        }
    }

    /** Has the channel say that it takes nothing, or that it does again. */
    private static void hold(Channel channel, boolean held) {
        channel.eventLoop().execute(() -> channel.unsafe().outboundBuffer().setUserDefinedWritability(1, !held));
    }

    @OnBothCarriers
    void aPeerThatTakesLongForAFrameIsThere(Carrier carrier) throws IOException {
        ManualClock clock = new ManualClock();
        try (var ws = new WebSocketFixture(carrier, clock, options -> options)) {
            AtomicInteger bytes = new AtomicInteger();
            AtomicReference<Message> received = new AtomicReference<>();
            DisposableServer server = serve(ws.loop, "", socket -> {
                channels.get(socket).pipeline().addFirst(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext context, Object message) {
                        int length = ((ByteBuf) message).readableBytes();
                        context.fireChannelRead(message);
                        bytes.addAndGet(length);
                    }
                });
                socket.send("ready");
                received.set(socket.receive());
            });
            try (Socket raw = openRaw(server.port())) {
                raw.getInputStream().readNBytes(7);
                byte[] frame = new byte[8 + 1_000];
                frame[0] = (byte) 0x82;
                frame[1] = (byte) (0x80 | 126);
                frame[2] = 1_000 >> 8;
                frame[3] = (byte) 1_000;
                for (int sent = 0; sent < 900; sent += 100) {
                    raw.getOutputStream().write(frame, sent, 100);
                    int wanted = sent + 100;
                    ws.until(() -> bytes.get() == wanted);
                    clock.advance(Duration.ofSeconds(20));
                    ws.settle();
                }
                raw.getOutputStream().write(frame, 900, frame.length - 900);
                ws.until(() -> received.get() != null);
                assertThat(received.get()).isEqualTo(Message.of(new byte[1_000]));
            } finally {
                server.disposeNow();
            }
        }
    }
}
