package dev.asyncloop.websocket;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.asyncloop.Async;
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
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** The same WebSocket on the side of a server, with both sides on one loop. */
class ServerRoleTest {

    /** A server on the loop that hands each connection to a coroutine, as a framework would. */
    private static DisposableServer serve(IOLoop loop, String subprotocols, Consumer<WebSocket> handler) {
        WebSocketOptions options = WebSocketOptions.defaults();
        return serve(loop, subprotocols.isEmpty() ? options : options.withSubprotocols(subprotocols), handler);
    }

    private static DisposableServer serve(IOLoop loop, WebSocketOptions options, Consumer<WebSocket> handler) {
        LoopResources resources = useNative -> loop.eventLoopGroup();
        return HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .runOn(resources)
                .handle((request, response) -> {
                    ServerHandshake handshake =
                            ServerHandshake.of(URI.create("ws://localhost/chat"), Headers.of(request.requestHeaders()));
                    response.withConnection(
                            connection -> accept(loop, connection.channel(), handshake, options, handler));
                    return response.status(101).header("X-Set-Before", "yes");
                })
                .bindNow();
    }

    /** Of the servers' WebSockets. */
    private static final Map<WebSocket, Channel> channels = new ConcurrentHashMap<>();

    private static void accept(
            IOLoop loop,
            Channel channel,
            ServerHandshake handshake,
            WebSocketOptions options,
            Consumer<WebSocket> handler) {
        AtomicReference<@Nullable Task<?>> coroutine = new AtomicReference<>();
        Task<WebSocket> accepting = WebSockets.accept(loop, channel, handshake, options, () -> {
            Task<?> task = coroutine.get();
            if (task != null) {
                task.cancel(false);
            }
        });
        coroutine.set(loop.spawn(() -> {
            WebSocket socket = await(accepting);
            channels.put(socket, channel);
            try {
                handler.accept(socket);
                socket.close();
            } catch (RuntimeException ex) {
                socket.close(1011, "failed");
            }
            return null;
        }));
    }

    /** Opens a WebSocket to the server, for tests that say what goes over it byte for byte. */
    private static Socket openRaw(int port) throws IOException {
        return openRaw(port, "");
    }

    /** As above, with something in the same packet. */
    private static Socket openRaw(int port, String behind) throws IOException {
        Socket raw = new Socket("127.0.0.1", port);
        raw.setSoTimeout(20_000);
        raw.getOutputStream()
                .write(("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                + "Sec-WebSocket-Version: 13\r\n\r\n" + behind)
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
    void theAnswerHasWhatTheFrameworkHasSetAndWhatTheOptionsAdd(Carrier carrier) {
        try (var ws = new WebSocketFixture(carrier)) {
            DisposableServer server =
                    serve(ws.loop, WebSocketOptions.defaults().withHeader("X-More", "too"), ServerRoleTest::echo);
            try {
                Headers answer = ws.run(() -> {
                    try (WebSocket socket = await(ws.client.connect("ws://127.0.0.1:" + server.port()))) {
                        return socket.headers();
                    }
                });
                assertThat(answer.first("X-Set-Before")).isEqualTo("yes");
                assertThat(answer.first("X-More")).isEqualTo("too");
                assertThat(answer.first("Content-Length")).isNull();
            } finally {
                server.disposeNow();
            }
        }
    }

    @OnBothCarriers
    void messagesAreCompressedWhenBothSidesWantThat(Carrier carrier) {
        try (var ws = new WebSocketFixture(carrier)) {
            for (Compression ours : Compression.values()) {
                DisposableServer server =
                        serve(ws.loop, WebSocketOptions.defaults().withCompression(ours), ServerRoleTest::echo);
                try {
                    for (Compression theirs : Compression.values()) {
                        String text = "the same again and again. ".repeat(1_000);
                        boolean compressed = ws.run(() -> {
                            try (WebSocket socket = await(ws.client.connect(
                                    "ws://127.0.0.1:" + server.port(),
                                    ws.client.options().withCompression(theirs)))) {
                                for (int i = 0; i < 3; i++) {
                                    socket.send(text + i);
                                    assertThat(socket.receive()).isEqualTo(Message.of(text + i));
                                }
                                return socket.isCompressed();
                            }
                        });
                        assertThat(compressed)
                                .as(ours + " and " + theirs)
                                .isEqualTo(ours != Compression.OFF && theirs != Compression.OFF);
                    }
                } finally {
                    server.disposeNow();
                }
            }
        }
    }

    /** As Tornado; a client has to wait for the answer, but what comes with the request is no HTTP any more. */
    @OnBothCarriers
    void anotherRequestBehindTheHandshakeIsNoRequest(Carrier carrier) throws IOException {
        try (var ws = new WebSocketFixture(carrier)) {
            DisposableServer server = serve(ws.loop, "", ServerRoleTest::echo);
            try (Socket raw = openRaw(server.port(), "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
                DataInputStream in = new DataInputStream(raw.getInputStream());
                raw.getOutputStream().write(maskedText("x"));
                int first = in.read();
                assertThat(first).isNotEqualTo('H');
                if (first == 0x81) { // the request has been dropped
                    assertThat(in.readNBytes(2)).isEqualTo(new byte[] {1, 'x'});
                }
            } finally {
                server.disposeNow();
            }
        }
    }

    private static byte[] maskedText(String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        byte[] frame = new byte[6 + payload.length]; // a mask of zeros changes nothing
        frame[0] = (byte) 0x81;
        frame[1] = (byte) (0x80 | payload.length);
        System.arraycopy(payload, 0, frame, 6, payload.length);
        return frame;
    }

    @OnBothCarriers
    void aHandlerWhosePeerIsGoneIsTold(Carrier carrier) throws Exception {
        try (var ws = new WebSocketFixture(carrier)) {
            List<String> seen = Collections.synchronizedList(new ArrayList<>());
            DisposableServer server = serve(ws.loop, "", socket -> {
                seen.add("began");
                try {
                    Async.sleep(Duration.ofMinutes(10)); // never receives
                } finally {
                    seen.add("cancelled");
                }
            });
            try (Socket raw = openRaw(server.port())) {
                ws.until(() -> seen.contains("began"));
                raw.setSoLinger(true, 0); // reset
                raw.close();
                ws.until(() -> seen.contains("cancelled"));
                seen.clear();
                try (Socket other = openRaw(server.port())) {
                    ws.until(() -> seen.contains("began"));
                    other.getOutputStream().write(new byte[] {(byte) 0x88, (byte) 0x80, 0, 0, 0, 0}); // close
                    ws.until(() -> seen.contains("cancelled"));
                }
            } finally {
                server.disposeNow();
            }
        }
    }

    @OnBothCarriers
    void aHandlerThatReceivesSeesAnOrderlyEndItselfUnlessItDoesNotComeToThat(Carrier carrier) throws Exception {
        ManualClock clock = new ManualClock();
        try (var ws = new WebSocketFixture(carrier, clock, options -> options)) {
            List<String> seen = Collections.synchronizedList(new ArrayList<>());
            DisposableServer server = serve(ws.loop, WebSocketOptions.defaults().withoutPing(), socket -> {
                String first = socket.texts().iterator().next();
                seen.add(first);
                try {
                    Async.sleep(Duration.ofSeconds(4)); // longer than the peer stays
                    seen.add("slept");
                    for (String text : socket.texts()) {
                        seen.add(text);
                    }
                    seen.add("end");
                    Async.sleep(Duration.ofMinutes(10));
                } finally {
                    seen.add("cancelled");
                }
            });
            try (Socket raw = openRaw(server.port())) {
                raw.getOutputStream().write(maskedText("one"));
                raw.getOutputStream().write(maskedText("two"));
                raw.getOutputStream().write(new byte[] {(byte) 0x88, (byte) 0x80, 0, 0, 0, 0});
                while (raw.getInputStream().read() >= 0) {
                    // until the server has closed it
                }
                ws.until(() -> seen.contains("one"));
                ws.settle();
                clock.advance(Duration.ofSeconds(4));
                ws.until(() -> seen.contains("end"));
                assertThat(seen).containsExactly("one", "slept", "two", "end");
                clock.advance(Duration.ofSeconds(2)); // it has received within the 5 s
                ws.settle();
                assertThat(seen).doesNotContain("cancelled");
                clock.advance(Duration.ofSeconds(5));
                ws.until(() -> seen.contains("cancelled"));
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

    private static final int LARGE = 10 * 1024 * 1024;

    /** Of a message that is much larger than what is between the two at any time. */
    private static void sendLarge(WebSocket socket) {
        channels.get(socket).config().setOption(ChannelOption.SO_SNDBUF, 64 * 1024);
        socket.send(new byte[LARGE]);
        socket.awaitClosed();
    }

    private static Socket openRawWithSmallBuffer(int port) throws IOException {
        Socket raw = openRaw(port);
        raw.setReceiveBufferSize(64 * 1024);
        return raw;
    }

    @OnBothCarriers
    void aPeerThatTakesAMessageSlowlyIsThere(Carrier carrier) throws IOException {
        ManualClock clock = new ManualClock();
        try (var ws = new WebSocketFixture(carrier, clock, options -> options)) {
            AtomicReference<WebSocket> served = new AtomicReference<>();
            DisposableServer server = serve(ws.loop, "", socket -> {
                served.set(socket);
                sendLarge(socket);
            });
            try (Socket raw = openRawWithSmallBuffer(server.port())) {
                DataInputStream in = new DataInputStream(raw.getInputStream());
                assertThat(in.readUnsignedShort()).isEqualTo(0x827f);
                assertThat(in.readLong()).isEqualTo(LARGE);
                int piece = LARGE / 10;
                for (int i = 0; i < 10; i++) {
                    in.readFully(new byte[piece]);
                    ws.settle();
                    clock.advance(Duration.ofSeconds(20));
                    ws.settle();
                    assertThat(served.get().isClosed()).as("after %s", i).isFalse();
                }
                assertThat(in.readUnsignedShort()).isEqualTo(0x890a);
                in.readFully(new byte[10]);
                ws.settle(); // the ping has left, and only now has a pong been due
                clock.advance(Duration.ofSeconds(9));
                ws.settle();
                assertThat(served.get().isClosed()).isFalse();
                clock.advance(Duration.ofSeconds(30));
                assertThat(in.readUnsignedByte()).isEqualTo(0x88);
                assertThat(in.readUnsignedByte()).isPositive();
                assertThat(in.readUnsignedShort()).isEqualTo(1011);
            } finally {
                server.disposeNow();
            }
        }
    }

    @OnBothCarriers
    void aPeerThatTakesNothingOfAMessageIsGone(Carrier carrier) throws IOException {
        ManualClock clock = new ManualClock();
        try (var ws = new WebSocketFixture(carrier, clock, options -> options)) {
            AtomicReference<WebSocket> served = new AtomicReference<>();
            DisposableServer server = serve(ws.loop, "", socket -> {
                served.set(socket);
                sendLarge(socket);
            });
            try (Socket raw = openRawWithSmallBuffer(server.port())) {
                assertThat(raw.getInputStream().read()).isEqualTo(0x82);
                ws.settle();
                clock.advance(Duration.ofSeconds(30)); // a ping, which stays here
                ws.settle();
                raw.getInputStream().readNBytes(LARGE / 2);
                ws.settle();
                clock.advance(Duration.ofSeconds(30));
                ws.settle();
                assertThat(served.get().isClosed()).isFalse(); // it has taken something
                ws.until(
                        () -> { // perhaps not at once: what it has taken makes room for more on the way to it
                            clock.advance(Duration.ofSeconds(30));
                            return served.get().isClosed();
                        });
                clock.advance(Duration.ofSeconds(5));
                ws.until(() -> !channels.get(served.get()).isActive());
            } finally {
                server.disposeNow();
            }
        }
    }
}
