package dev.asyncloop.websocket;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.testing.ManualClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Pings of either side. */
class HeartbeatTest {

    private static void answer(RawPeer.Link link, RawPeer.Frame ping) throws IOException {
        link.send(0x80 | RawPeer.PONG, ping.payload());
    }

    /** Sends a ping and waits for its pong: what was sent before has been seen then. */
    private static void roundTrip(RawPeer.Link link) throws IOException {
        link.send(RawPeer.PING, "seen?");
        assertThat(link.read(RawPeer.PONG).text()).isEqualTo("seen?");
    }

    @OnBothCarriers
    void aPingComesAfterEachInterval(Carrier carrier) throws IOException {
        ManualClock clock = new ManualClock();
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(
                        carrier, clock, options -> options.withPing(Duration.ofSeconds(10), Duration.ofSeconds(4)))) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.open();
            WebSocket socket = WebSocketFixture.outcome(opening);
            for (int i = 0; i < 3; i++) {
                clock.advance(Duration.ofMillis(9_999 - (i == 0 ? 0 : 4_000)));
                ws.settle();
                roundTrip(link); // no ping was before this pong
                clock.advance(Duration.ofMillis(1));
                answer(link, link.read(RawPeer.PING));
                roundTrip(link);
                clock.advance(Duration.ofSeconds(4));
                ws.settle();
            }
            assertThat(socket.isClosed()).isFalse();
        }
    }

    @OnBothCarriers
    void aPeerThatDoesNotAnswerIsClosedWith1011(Carrier carrier) throws IOException {
        ManualClock clock = new ManualClock();
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, clock, options -> options)) {
            Task<?> receiver = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                assertThatExceptionOfType(WebSocketClosedException.class)
                        .isThrownBy(socket::receiveOrNull)
                        .withMessageContaining("1011 (ping timed out: no pong within PT30S)");
                return socket.awaitClosed();
            });
            RawPeer.Link link = peer.open();
            roundTrip(link);
            clock.advance(Duration.ofSeconds(30));
            link.read(RawPeer.PING);
            ws.settle();
            clock.advance(Duration.ofMillis(29_999));
            ws.settle();
            roundTrip(link); // still open; a peer's ping is no pong
            clock.advance(Duration.ofMillis(1));
            RawPeer.Frame close = link.read(RawPeer.CLOSE);
            assertThat(close.code()).isEqualTo(1011);
            assertThat(close.reason()).contains("ping timed out");
            ws.settle();
            clock.advance(Duration.ofSeconds(5));
            assertThat(link.readEnd()).isTrue();
            assertThat(WebSocketFixture.outcome(receiver)).isEqualTo(CloseStatus.LOST);
        }
    }

    @OnBothCarriers
    void aPeerWhosePongIsNotReadIsNotBlamed(Carrier carrier) throws IOException {
        ManualClock clock = new ManualClock();
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, clock, options -> options.withInbox(1))) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.open();
            WebSocket socket = WebSocketFixture.outcome(opening);
            link.send(RawPeer.TEXT, "nobody receives me");
            ws.until(() -> socket.inbox() == 1);
            clock.advance(Duration.ofSeconds(30));
            answer(link, link.read(RawPeer.PING));
            ws.settle();
            clock.advance(Duration.ofSeconds(30));
            answer(link, link.read(RawPeer.PING));
            ws.settle();
            assertThat(socket.isClosed()).isFalse();
            assertThat(ws.<Message>run(socket::receive)).isEqualTo(Message.of("nobody receives me"));
        }
    }

    @OnBothCarriers
    void withoutPingNoneIsSent(Carrier carrier) throws IOException {
        ManualClock clock = new ManualClock();
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, clock, WebSocketOptions::withoutPing)) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.open();
            WebSocketFixture.outcome(opening);
            clock.advance(Duration.ofDays(1));
            ws.settle();
            roundTrip(link);
        }
    }

    @OnBothCarriers
    void aPingReturnsHowLongItsPongTook(Carrier carrier) throws IOException {
        ManualClock clock = new ManualClock();
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, clock, options -> options)) {
            Task<Duration> duration = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                return socket.ping("hello".getBytes(StandardCharsets.UTF_8));
            });
            RawPeer.Link link = peer.open();
            RawPeer.Frame ping = link.read(RawPeer.PING);
            assertThat(ping.text()).isEqualTo("hello");
            link.send(RawPeer.PONG, "of another one");
            clock.advance(Duration.ofMillis(70));
            answer(link, ping);
            assertThat(WebSocketFixture.outcome(duration)).isEqualTo(Duration.ofMillis(70));
        }
    }

    @OnBothCarriers
    void aPingThatIsTooLargeIsRefused(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<Duration> ping =
                    ws.loop.spawn(() -> await(ws.client.connect(peer.url())).ping(new byte[126]));
            peer.open();
            assertThatThrownBy(() -> WebSocketFixture.outcome(ping))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("A ping can't carry 126 bytes; give it 125 or fewer, or send a message");
        }
    }

    @OnBothCarriers
    void aPongAnswersThePingsBeforeToo(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<?> all = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                Task<Duration> first = Async.spawn(() -> socket.ping(new byte[] {1}));
                Task<Duration> second = Async.spawn(() -> socket.ping(new byte[] {2}));
                return Async.gather(List.of(first, second));
            });
            RawPeer.Link link = peer.open();
            link.read(RawPeer.PING);
            answer(link, link.read(RawPeer.PING));
            WebSocketFixture.outcome(all);
        }
    }

    @OnBothCarriers
    void aPingEndsWithItsLimitAndWithTheConnection(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<?> done = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> socket.ping(new byte[126]))
                        .withMessageContaining("126 bytes");
                assertThatExceptionOfType(AsyncTimeoutException.class)
                        .isThrownBy(() -> Async.withTimeout(Duration.ofMillis(1), socket::ping));
                assertThatExceptionOfType(WebSocketClosedException.class).isThrownBy(socket::ping);
                assertThatExceptionOfType(WebSocketClosedException.class).isThrownBy(socket::ping);
                return null;
            });
            RawPeer.Link link = peer.open();
            RawPeer.Frame first = link.read(RawPeer.PING);
            assertThat(link.read(RawPeer.PING).payload()).isNotEqualTo(first.payload());
            link.sendClose(1000, "");
            WebSocketFixture.outcome(done);
        }
    }

    @OnBothCarriers
    void aPongThatComesTooLateIsNotTakenForThatOfTheNextPing(Carrier carrier) throws IOException {
        ManualClock clock = new ManualClock();
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, clock, WebSocketOptions::withoutPing)) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.open();
            WebSocket socket = WebSocketFixture.outcome(opening);
            Task<Duration> impatient = ws.loop.spawn(() -> socket.ping());
            RawPeer.Frame first = link.read(RawPeer.PING);
            impatient.cancel(false);
            ws.settle();
            Task<Duration> duration = ws.loop.spawn(() -> socket.ping());
            RawPeer.Frame second = link.read(RawPeer.PING);
            answer(link, first);
            roundTrip(link);
            ws.settle();
            clock.advance(Duration.ofMillis(70));
            answer(link, second);
            assertThat(WebSocketFixture.outcome(duration)).isEqualTo(Duration.ofMillis(70));
        }
    }
}
