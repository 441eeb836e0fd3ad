package dev.asyncloop.websocket;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.channel.Channel;
import dev.asyncloop.channel.Overflow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** What happens when one side is slower than the other. */
class BackPressureTest {

    private static final int SIZE = 1 << 18;

    /** More than the kernel keeps between two sockets. */
    private static final int MANY = 100;

    private static byte[] numbered(int number) {
        return ByteBuffer.allocate(SIZE).putInt(number).array();
    }

    private static int number(RawPeer.Frame frame) {
        return ByteBuffer.wrap(frame.payload()).getInt();
    }

    /** Sends large messages until so many wait in the outbox: the peer's and the kernel's buffers are full then. */
    private static int fill(WebSocket socket, int outbox) {
        int sent = 0;
        do {
            while (socket.outbox() < outbox) {
                socket.send(numbered(sent++));
                Async.sleep(Duration.ofMillis(1)); // until the event loop has looked
            }
            Async.sleep(Duration.ofMillis(100)); // the kernel's buffers go on filling for a moment
        } while (socket.outbox() < outbox);
        return sent;
    }

    /** Waits until the kernel's buffers are full, which go on filling for a moment, and returns what is counted then. */
    private static int awaitStandstill(WebSocketFixture ws, AtomicInteger count) {
        int before;
        do {
            before = count.get();
            ws.run(() -> {
                Async.sleep(Duration.ofMillis(100));
                return null;
            });
        } while (count.get() != before);
        return before;
    }

    @OnBothCarriers
    void aSlowReceiverHoldsUpThePeerAndGetsEverything(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, options -> options.withInbox(4))) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.open();
            WebSocket socket = WebSocketFixture.outcome(opening);
            AtomicInteger written = new AtomicInteger();
            Thread writer = Thread.ofPlatform().daemon().start(() -> {
                try {
                    for (int i = 0; i < MANY; i++) {
                        link.send(0x82, numbered(i));
                        written.incrementAndGet();
                    }
                } catch (IOException ex) {
                    // seen by its missing messages
                }
            });
            ws.until(() -> writer.getState() == Thread.State.RUNNABLE && socket.inbox() >= 4);
            int stuck = awaitStandstill(ws, written);
            assertThat(stuck).isLessThan(MANY);
            assertThat(socket.inbox()).isBetween(4, 5);
            List<Integer> numbers = ws.run(() -> {
                List<Integer> seen = new ArrayList<>();
                for (int i = 0; i < MANY; i++) {
                    seen.add(ByteBuffer.wrap(((Message.Binary) socket.receive()).bytes())
                            .getInt());
                }
                return seen;
            });
            assertThat(numbers).isEqualTo(IntStream.range(0, MANY).boxed().toList());
        }
    }

    @OnBothCarriers
    void aMessageOfTheMostBytesFillsTheInboxAlone(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, options -> options.withMaxMessageSize(SIZE))) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.open();
            WebSocket socket = WebSocketFixture.outcome(opening);
            link.send(0x82, numbered(0));
            ws.until(() -> socket.inbox() == 1);
            link.send(RawPeer.PING, "");
            link.socket.setSoTimeout(200);
            try {
                throw new AssertionError("was answered with " + link.read());
            } catch (SocketTimeoutException ex) {
                link.socket.setSoTimeout(20_000);
            }
            ws.<Message>run(socket::receive);
            link.read(RawPeer.PONG);
        }
    }

    @OnBothCarriers
    void aSenderWaitsForRoomAndNothingIsLost(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, options -> options.withOutbox(3, Overflow.SUSPEND))) {
            AtomicInteger sent = new AtomicInteger();
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.open();
            WebSocket socket = WebSocketFixture.outcome(opening);
            Task<?> sender = ws.loop.spawn(() -> {
                for (int i = 0; i < MANY; i++) {
                    socket.send(numbered(i));
                    sent.incrementAndGet();
                }
                return null;
            });
            ws.until(() -> socket.outbox() == 3);
            awaitStandstill(ws, sent);
            assertThat(socket.outbox()).isEqualTo(3);
            assertThat(sender.isDone()).isFalse();
            assertThat(sent.get()).isLessThan(MANY);
            Task<?> impatient = ws.loop.spawn(() -> {
                socket.send("never");
                return null;
            });
            ws.settle();
            impatient.cancel(false);
            assertThatExceptionOfType(CancellationException.class)
                    .isThrownBy(() -> WebSocketFixture.outcome(impatient));
            for (int i = 0; i < MANY; i++) {
                assertThat(number(link.read(RawPeer.BINARY))).isEqualTo(i);
            }
            WebSocketFixture.outcome(sender);
            ws.run(() -> {
                socket.send("last");
                return null;
            });
            assertThat(link.read(RawPeer.TEXT).text()).isEqualTo("last");
            assertThat(socket.dropped()).isZero();
        }
    }

    @OnBothCarriers
    void aSenderThatWaitsHearsOfTheEnd(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, options -> options.withOutbox(1, Overflow.SUSPEND))) {
            Task<?> sender = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                while (true) {
                    socket.send(numbered(0));
                }
            });
            RawPeer.Link link = peer.open();
            link.read(RawPeer.BINARY);
            link.reset();
            assertThatExceptionOfType(WebSocketClosedException.class)
                    .isThrownBy(() -> WebSocketFixture.outcome(sender))
                    .satisfies(ex -> assertThat(ex.status()).isEqualTo(CloseStatus.LOST));
        }
    }

    @OnBothCarriers
    void theOldestIsDropped(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, options -> options.withOutbox(2, Overflow.DROP_OLDEST))) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.open();
            WebSocket socket = WebSocketFixture.outcome(opening);
            int sent = ws.run(() -> {
                int filled = fill(socket, 2);
                socket.send("a");
                socket.send("b");
                return filled;
            });
            assertThat(socket.dropped()).isEqualTo(2);
            assertThat(ws.client.statistics()).isEqualTo(new WebSocketStatistics(1, 1, 0, 2, 2, 2));
            for (int i = 0; i < sent - 2; i++) {
                assertThat(number(link.read(RawPeer.BINARY))).isEqualTo(i);
            }
            assertThat(link.read(RawPeer.TEXT).text()).isEqualTo("a");
            assertThat(link.read(RawPeer.TEXT).text()).isEqualTo("b");
            link.socket.close();
            ws.until(() -> ws.client.statistics().closed() == 1);
            assertThat(ws.client.statistics()).isEqualTo(new WebSocketStatistics(0, 1, 1, 0, 0, 2));
        }
    }

    @OnBothCarriers
    void theNewestIsDroppedOrRefused(Carrier carrier) throws IOException {
        for (Overflow overflow : List.of(Overflow.DROP_NEWEST, Overflow.FAIL)) {
            try (var peer = new RawPeer();
                    var ws = new WebSocketFixture(carrier, options -> options.withOutbox(2, overflow))) {
                Task<WebSocket> opening = ws.client.connect(peer.url());
                RawPeer.Link link = peer.open();
                WebSocket socket = WebSocketFixture.outcome(opening);
                int sent = ws.run(() -> {
                    int filled = fill(socket, 2);
                    if (overflow == Overflow.FAIL) {
                        assertThatExceptionOfType(OutboxFullException.class)
                                .isThrownBy(() -> socket.send("a"))
                                .withMessageContaining("Overflow.SUSPEND");
                    } else {
                        socket.send("a");
                    }
                    return filled;
                });
                assertThat(socket.dropped()).isEqualTo(1);
                for (int i = 0; i < sent; i++) {
                    assertThat(number(link.read(RawPeer.BINARY))).isEqualTo(i);
                }
                ws.run(() -> {
                    socket.send("b");
                    return null;
                });
                assertThat(link.read(RawPeer.TEXT).text()).isEqualTo("b");
            }
        }
    }

    @OnBothCarriers
    void aPeerThatIsTooSlowIsClosedWith1013(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, options -> options.withOutbox(2, Overflow.CLOSE))) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.open();
            WebSocket socket = WebSocketFixture.outcome(opening);
            int sent = ws.run(() -> {
                int filled = fill(socket, 2);
                assertThatExceptionOfType(WebSocketClosedException.class)
                        .isThrownBy(() -> socket.send("a"))
                        .satisfies(ex -> assertThat(ex.status().code()).isEqualTo(1013));
                assertThatExceptionOfType(WebSocketClosedException.class).isThrownBy(socket::receiveOrNull);
                return filled;
            });
            for (int i = 0; i < sent - 2; i++) {
                assertThat(number(link.read(RawPeer.BINARY))).isEqualTo(i);
            }
            assertThat(link.read(RawPeer.CLOSE).code()).isEqualTo(1013);
        }
    }

    @OnBothCarriers
    void pingsThatAPeerDoesNotReadTheAnswersOfDoNotPileUp(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, options -> options.withOutbox(2, Overflow.FAIL))) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.open();
            WebSocket socket = WebSocketFixture.outcome(opening);
            int sent = ws.run(() -> fill(socket, 2));
            for (int i = 0; i < 1_000; i++) {
                link.send(RawPeer.PING, "ping " + i);
            }
            link.send(RawPeer.TEXT, "behind them");
            assertThat(ws.<Message>run(socket::receive)).isEqualTo(Message.of("behind them"));
            List<String> pongs = new ArrayList<>();
            int messages = 0;
            while (messages < sent || !pongs.contains("ping 999")) {
                RawPeer.Frame frame = link.read();
                if (frame.opcode() == RawPeer.PONG) {
                    pongs.add(frame.text());
                } else {
                    messages++;
                }
            }
            assertThat(pongs).hasSizeLessThan(100);
        }
    }

    @OnBothCarriers
    void manySmallMessagesThatAreReadAtOnceDoNotOverfillTheInbox(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, options -> options.withInbox(3))) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.open();
            WebSocket socket = WebSocketFixture.outcome(opening);
            ByteArrayOutputStream frames = new ByteArrayOutputStream();
            for (int i = 0; i < 1_000; i++) {
                frames.writeBytes(RawPeer.Link.frame(0x81, String.valueOf(i).getBytes(StandardCharsets.UTF_8)));
            }
            frames.writeBytes(RawPeer.Link.frame(0x88, new byte[0]));
            link.write(frames.toByteArray());
            ws.until(() -> socket.inbox() >= 3);
            ws.settle();
            List<String> texts = ws.run(() -> {
                List<String> seen = new ArrayList<>();
                String text;
                do {
                    assertThat(socket.inbox()).isLessThanOrEqualTo(3);
                    text = socket.receiveOrNull() instanceof Message.Text message ? message.text() : null;
                    seen.add(text);
                } while (text != null);
                return seen;
            });
            assertThat(texts.subList(0, 1_000))
                    .isEqualTo(
                            IntStream.range(0, 1_000).mapToObj(String::valueOf).toList());
            assertThat(texts).hasSize(1_001).endsWith((String) null);
        }
    }

    @OnBothCarriers
    void whatHadComeWhenTheConnectionEndedCanBeReceivedWhateverTheInboxHolds(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, options -> options.withInbox(3))) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.open();
            WebSocket socket = WebSocketFixture.outcome(opening);
            for (int i = 0; i < 100; i++) {
                link.send(RawPeer.TEXT, String.valueOf(i));
            }
            link.sendClose(1000, "");
            link.socket.close();
            List<String> texts = ws.run(() -> {
                List<String> seen = new ArrayList<>();
                socket.texts().forEach(seen::add);
                return seen;
            });
            assertThat(texts)
                    .isEqualTo(IntStream.range(0, 100).mapToObj(String::valueOf).toList());
        }
    }

    @OnBothCarriers
    void whoCancelsAForwardFindsTheRestInTheChannel(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, options -> options.withOutbox(2, Overflow.SUSPEND))) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.open();
            WebSocket socket = WebSocketFixture.outcome(opening);
            Channel<String> items = Channel.of(1);
            int sent = ws.run(() -> {
                int filled = fill(socket, 2);
                Task<?> cancelled = socket.forward(items);
                items.send("item");
                Async.yieldNow();
                cancelled.cancel(false);
                assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> await(cancelled));
                assertThat(items.size()).isEqualTo(1);
                return filled;
            });
            Task<?> forwarding = ws.loop.spawn(() -> await(socket.forward(items)));
            for (int i = 0; i < sent; i++) {
                link.read(RawPeer.BINARY);
            }
            assertThat(link.read(RawPeer.TEXT).text()).isEqualTo("item");
            forwarding.cancel(false);
        }
    }
}
