package dev.asyncloop.websocket;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.asyncloop.Async;
import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.channel.Channel;
import dev.asyncloop.channel.ChannelClosedException;
import dev.asyncloop.channel.Topic;
import dev.asyncloop.http.BodyCodec;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/** Sending, receiving and ending, against a peer that is played by the test. */
class WebSocketTest {

    private static final byte[] NOT_UTF_8 = {'h', 'e', 'l', 'l', 'o', ' ', (byte) 0xe9};

    @OnBothCarriers
    void messagesGoOutAndComeIn(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<List<Message>> answers = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                socket.send("hello é\uD800"); // half a character
                socket.send(NOT_UTF_8);
                return List.of(socket.receive(), socket.receive());
            });
            RawPeer.Link link = peer.open();
            RawPeer.Frame text = link.read(RawPeer.TEXT);
            assertThat(text.text()).isEqualTo("hello é?");
            assertThat(text.masked()).isTrue();
            assertThat(link.read(RawPeer.BINARY).payload()).isEqualTo(NOT_UTF_8);
            link.send(RawPeer.TEXT, "good-bye ü\uFFFD");
            link.send(0x80 | RawPeer.BINARY, NOT_UTF_8);
            assertThat(WebSocketFixture.outcome(answers))
                    .containsExactly(Message.of("good-bye ü\uFFFD"), Message.of(NOT_UTF_8));
        }
    }

    @OnBothCarriers
    void anIterationEndsWhenThePeerClosesAndTheCodeIsKnownThen(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<List<String>> lines = ws.loop.spawn(() -> {
                List<String> seen = new ArrayList<>();
                WebSocket socket = await(ws.client.connect(peer.url()));
                for (String line : socket.texts()) {
                    seen.add(line);
                }
                assertThat(socket.closeStatus()).isEqualTo(new CloseStatus(1001, "moving"));
                assertThat(socket.receiveOrNull()).isNull();
                assertThat(socket.tryReceive()).isNull();
                assertThatExceptionOfType(WebSocketClosedException.class)
                        .isThrownBy(socket::receive)
                        .withMessageContaining("closed by the peer with 1001 (moving)")
                        .isInstanceOf(ChannelClosedException.class)
                        .satisfies(ex -> assertThat(ex.status().code()).isEqualTo(1001));
                assertThatExceptionOfType(WebSocketClosedException.class).isThrownBy(() -> socket.send("too late"));
                return seen;
            });
            RawPeer.Link link = peer.open();
            link.send(RawPeer.TEXT, "one");
            link.send(RawPeer.TEXT, "two");
            link.sendClose(1001, "moving");
            assertThat(link.read(RawPeer.CLOSE).code()).isEqualTo(1001);
            link.socket.close();
            assertThat(WebSocketFixture.outcome(lines)).containsExactly("one", "two");
        }
    }

    @OnBothCarriers
    void fragmentsAreOneMessageAlsoWithAPingBetweenThem(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<Message> message =
                    ws.loop.spawn(() -> await(ws.client.connect(peer.url())).receive());
            RawPeer.Link link = peer.open();
            link.send(RawPeer.TEXT, new byte[] {'h'});
            link.send(RawPeer.CONTINUATION, new byte[] {(byte) 0xc3}); // half of a character
            link.send(RawPeer.PING, "there?");
            assertThat(link.read(RawPeer.PONG).text()).isEqualTo("there?");
            link.send(0x80 | RawPeer.CONTINUATION, new byte[] {(byte) 0xa9});
            assertThat(WebSocketFixture.outcome(message)).isEqualTo(Message.of("hé"));
        }
    }

    @OnBothCarriers
    void emptyMessagesAreMessages(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<List<Message>> messages = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                socket.send("");
                socket.send(new byte[0]);
                return List.of(socket.receive(), socket.receive());
            });
            RawPeer.Link link = peer.open();
            assertThat(link.read(RawPeer.TEXT).payload()).isEmpty();
            assertThat(link.read(RawPeer.BINARY).payload()).isEmpty();
            link.send(RawPeer.TEXT, "");
            link.send(0x80 | RawPeer.BINARY, new byte[0]);
            assertThat(WebSocketFixture.outcome(messages)).containsExactly(Message.of(""), Message.of(new byte[0]));
        }
    }

    @OnBothCarriers
    void whatTheSenderChangesLaterAndWhatTheMaskDoesTouchesNobodyElse(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            byte[] bytes = new byte[100_000];
            Task<byte[]> sent = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                socket.send(bytes);
                socket.send("after");
                socket.receive();
                return bytes;
            });
            RawPeer.Link link = peer.open();
            assertThat(link.read(RawPeer.BINARY).payload()).isEqualTo(new byte[100_000]);
            assertThat(link.read(RawPeer.TEXT).text()).isEqualTo("after");
            link.send(RawPeer.TEXT, "done");
            assertThat(WebSocketFixture.outcome(sent)).isEqualTo(new byte[100_000]);
        }
    }

    @OnBothCarriers
    void severalSendAndEachOnesMessagesStayInOrder(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<?> senders = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                List<Task<?>> all = new ArrayList<>();
                for (String name : List.of("a", "b", "c")) {
                    all.add(Async.spawn(() -> {
                        for (int i = 0; i < 500; i++) {
                            socket.send(name + i);
                        }
                        return null;
                    }));
                }
                for (Task<?> each : all) {
                    await(each);
                }
                socket.close();
                return null;
            });
            RawPeer.Link link = peer.open();
            List<String> seen = new ArrayList<>();
            for (int i = 0; i < 1500; i++) {
                seen.add(link.read(RawPeer.TEXT).text());
            }
            assertThat(link.read(RawPeer.CLOSE).code()).isEqualTo(1000);
            WebSocketFixture.outcome(senders);
            for (String name : List.of("a", "b", "c")) {
                assertThat(seen.stream().filter(text -> text.startsWith(name)).toList())
                        .isEqualTo(
                                IntStream.range(0, 500).mapToObj(i -> name + i).toList());
            }
        }
    }

    @OnBothCarriers
    void aReceiveHasALimitAndTakesNothingWhenItPasses(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<Message> message = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                assertThatExceptionOfType(AsyncTimeoutException.class)
                        .isThrownBy(() -> socket.receive(Duration.ofMillis(1)))
                        .withMessageContaining("PT0.001S");
                assertThatExceptionOfType(AsyncTimeoutException.class).isThrownBy(() -> socket.receive(Duration.ZERO));
                assertThat(socket.tryReceive()).isNull();
                socket.send("now");
                return socket.receive(Duration.ofSeconds(20));
            });
            RawPeer.Link link = peer.open();
            link.read(RawPeer.TEXT);
            link.send(RawPeer.TEXT, "the only one");
            assertThat(WebSocketFixture.outcome(message)).isEqualTo(Message.of("the only one"));
        }
    }

    @OnBothCarriers
    void whoIsCancelledWhileItReceivesTakesNoMessage(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<Message> message = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                Task<Message> cancelled = Async.spawn(() -> socket.receive());
                Async.yieldNow();
                cancelled.cancel(false);
                assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> await(cancelled));
                socket.send("now");
                return socket.receive();
            });
            RawPeer.Link link = peer.open();
            link.read(RawPeer.TEXT);
            link.send(RawPeer.TEXT, "the only one");
            assertThat(WebSocketFixture.outcome(message)).isEqualTo(Message.of("the only one"));
        }
    }

    @OnBothCarriers
    void whatAChannelAndASubscriptionBringIsForwarded(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, options -> options.withCodec(new Backwards()))) {
            Task<?> done = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                Topic<String> topic = Topic.create();
                try (var news = topic.subscribe()) {
                    Task<Void> forwarding = socket.forward(news);
                    topic.publish("one");
                    topic.publish("two");
                    topic.close();
                    await(forwarding);
                }
                Channel<Object> items = Channel.of(3);
                Task<Void> forwarding = socket.forward(items);
                items.send(Message.of("three"));
                items.send(NOT_UTF_8);
                items.send(12345);
                items.close();
                await(forwarding);
                return socket.receive();
            });
            RawPeer.Link link = peer.open();
            assertThat(link.read(RawPeer.TEXT).text()).isEqualTo("one");
            assertThat(link.read(RawPeer.TEXT).text()).isEqualTo("two");
            assertThat(link.read(RawPeer.TEXT).text()).isEqualTo("three");
            assertThat(link.read(RawPeer.BINARY).payload()).isEqualTo(NOT_UTF_8);
            assertThat(link.read(RawPeer.TEXT).text()).isEqualTo("54321");
            link.send(RawPeer.TEXT, "thanks");
            WebSocketFixture.outcome(done);
        }
    }

    @OnBothCarriers
    void forwardingEndsQuietlyWhenTheWebSocketIsClosedAndFailsWithItsSource(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<?> done = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                Channel<String> broken = Channel.of(1);
                Task<Void> failing = socket.forward(broken);
                broken.close(new IllegalArgumentException("broken"));
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> await(failing))
                        .withMessage("broken");
                Channel<String> items = Channel.of(1);
                Task<Void> forwarding = socket.forward(items);
                Async.yieldNow();
                socket.close();
                await(forwarding);
                items.send("too late");
                assertThat(items.receive()).isEqualTo("too late"); // it takes none any more
                await(socket.forward(items)); // nor does one that comes later
                return null;
            });
            peer.open();
            WebSocketFixture.outcome(done);
        }
    }

    @OnBothCarriers
    void objectsGoOutAndComeInAsJson(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, options -> options.withCodec(new Backwards()))) {
            Task<List<String>> values = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                socket.sendJson("abc");
                List<String> seen = new ArrayList<>();
                socket.values(String.class).forEach(seen::add);
                return seen;
            });
            RawPeer.Link link = peer.open();
            assertThat(link.read(RawPeer.TEXT).text()).isEqualTo("cba");
            link.send(RawPeer.TEXT, "zyx");
            link.sendClose(1000, "");
            assertThat(WebSocketFixture.outcome(values)).containsExactly("xyz");
        }
    }

    @OnBothCarriers
    void whatACodecMakesOfAMessageMayBeNull(Carrier carrier) throws IOException {
        BodyCodec nulls = new Backwards() {
            @Override
            public Object decode(byte[] body, Type type) {
                return null;
            }
        };
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, options -> options.withCodec(nulls))) {
            Task<List<String>> values = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                List<String> seen = new ArrayList<>();
                socket.values(String.class).forEach(seen::add);
                return seen;
            });
            RawPeer.Link link = peer.open();
            link.send(RawPeer.TEXT, "null");
            link.sendClose(1000, "");
            assertThat(WebSocketFixture.outcome(values)).containsExactly((String) null);
        }
    }

    @OnBothCarriers
    void withoutACodecJsonIsRefused(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<?> done = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                assertThatIllegalStateException()
                        .isThrownBy(() -> socket.sendJson(1))
                        .withMessageContaining("WebSocketOptions.withCodec");
                assertThatIllegalStateException().isThrownBy(() -> socket.values(String.class));
                return null;
            });
            peer.open();
            WebSocketFixture.outcome(done);
        }
    }

    @OnBothCarriers
    void aMessageOfTheWrongKindClosesWith1003(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<?> done = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                List<String> seen = new ArrayList<>();
                assertThatExceptionOfType(WebSocketClosedException.class)
                        .isThrownBy(() -> socket.texts().forEach(seen::add))
                        .satisfies(ex -> assertThat(ex.status().code()).isEqualTo(1003));
                assertThat(seen).containsExactly("good");
                return null;
            });
            RawPeer.Link link = peer.open();
            link.send(RawPeer.TEXT, "good");
            link.send(0x80 | RawPeer.BINARY, NOT_UTF_8);
            RawPeer.Frame close = link.read(RawPeer.CLOSE);
            assertThat(close.code()).isEqualTo(1003);
            assertThat(close.reason()).isEqualTo("binary data is not accepted here");
            WebSocketFixture.outcome(done);
        }
    }

    @OnBothCarriers
    void outsideOfItsLoopItIsRefused(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<WebSocket> opening = ws.client.connect(peer.url()); // belongs to the loop
            peer.open();
            WebSocket socket = WebSocketFixture.outcome(opening);
            assertThatIllegalStateException().isThrownBy(() -> socket.send("x"));
            assertThatIllegalStateException().isThrownBy(socket::receive);
            assertThatIllegalStateException().isThrownBy(socket::close);
            assertThat(socket.isClosed()).isFalse();
            assertThat(socket.closeStatus()).isNull();
            assertThat(socket).hasToString("WebSocket[" + peer.url() + "]");
            ws.run(() -> {
                socket.close();
                return null;
            });
            assertThat(socket.isClosed()).isTrue();
            assertThat(socket).hasToString("WebSocket[" + peer.url() + ", closed]");
        }
    }

    @OnBothCarriers
    void ofAnotherLoopItIsRefusedEvenIfThatIsFirst(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier);
                IOLoop other = Loops.on(carrier)) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.open();
            WebSocket socket = WebSocketFixture.outcome(opening);
            assertThatIllegalStateException()
                    .isThrownBy(() -> other.runSync(() -> {
                        socket.send("x");
                        return null;
                    }))
                    .withMessageContaining("this object belongs to IOLoop 'test'");
            ws.run(() -> {
                socket.send("y");
                return null;
            });
            assertThat(link.read(RawPeer.TEXT).text()).isEqualTo("y");
        }
    }

    /** Reverses texts: no JSON, but as easy to tell from what it was made of. */
    private static class Backwards implements BodyCodec {

        @Override
        public byte[] encode(Object value) {
            return new StringBuilder(value.toString()).reverse().toString().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Object decode(byte[] body, Type type) {
            assertThat(type).isEqualTo(String.class);
            return new StringBuilder(new String(body, StandardCharsets.UTF_8))
                    .reverse()
                    .toString();
        }
    }
}
