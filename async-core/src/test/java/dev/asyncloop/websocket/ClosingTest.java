package dev.asyncloop.websocket;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.testing.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** How a WebSocket ends. */
class ClosingTest {

    @OnBothCarriers
    void closeSendsWhatWasSentBeforeAndThenCodeAndReason(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<CloseStatus> status = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                socket.send("last words");
                socket.close(4001, "good-bye ü");
                socket.close(); // the first one counts
                assertThat(socket.isClosed()).isTrue();
                assertThat(socket.receiveOrNull()).isNull();
                assertThatExceptionOfType(WebSocketClosedException.class)
                        .isThrownBy(() -> socket.send("more"))
                        .withMessageContaining("was closed by this side with 4001 (good-bye ü)");
                return socket.awaitClosed();
            });
            RawPeer.Link link = peer.open();
            assertThat(link.read(RawPeer.TEXT).text()).isEqualTo("last words");
            RawPeer.Frame close = link.read(RawPeer.CLOSE);
            assertThat(close.code()).isEqualTo(4001);
            assertThat(close.reason()).isEqualTo("good-bye ü");
            link.send(RawPeer.TEXT, "crossing");
            link.sendClose(4001, "echo");
            assertThat(status.isDone()).isFalse(); // the server is to close the connection
            link.socket.shutdownOutput();
            assertThat(WebSocketFixture.outcome(status)).isEqualTo(new CloseStatus(4001, "echo"));
            assertThat(link.readEnd()).isTrue();
            ws.until(() -> ws.client.active() == 0);
        }
    }

    @OnBothCarriers
    void aReceiverThatWaitsIsWokenByTheCloseOfAnother(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<Message> nothing = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                Async.spawn(() -> {
                    socket.close();
                    return null;
                });
                return socket.receiveOrNull();
            });
            peer.open();
            assertThat(WebSocketFixture.outcome(nothing)).isNull();
        }
    }

    @OnBothCarriers
    void aCloseWithoutACodeIsNormalAndAnsweredSo(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<CloseStatus> status = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                assertThat(socket.receiveOrNull()).isNull();
                return socket.closeStatus();
            });
            RawPeer.Link link = peer.open();
            link.send(RawPeer.CLOSE, "");
            assertThat(link.read(RawPeer.CLOSE).payload()).isEmpty();
            assertThat(WebSocketFixture.outcome(status)).isEqualTo(CloseStatus.NONE);
        }
    }

    @OnBothCarriers
    void aCloseWithAnotherCodeIsAnError(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<?> done = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                assertThat(socket.receive()).isEqualTo(Message.of("before"));
                assertThatExceptionOfType(WebSocketClosedException.class)
                        .isThrownBy(socket::receiveOrNull)
                        .withMessageContaining("was closed by the peer with 1011 (boom)")
                        .satisfies(ex -> assertThat(ex.status()).isEqualTo(new CloseStatus(1011, "boom")));
                return null;
            });
            RawPeer.Link link = peer.open();
            link.send(RawPeer.TEXT, "before");
            link.sendClose(1011, "boom");
            link.send(RawPeer.TEXT, "after a close frame nothing counts");
            assertThat(link.read(RawPeer.CLOSE).code()).isEqualTo(1011);
            WebSocketFixture.outcome(done);
        }
    }

    @OnBothCarriers
    void aConnectionThatEndsOrBreaksWithoutAWordIsLost(Carrier carrier) throws IOException {
        for (boolean broken : new boolean[] {false, true}) {
            try (var peer = new RawPeer();
                    var ws = new WebSocketFixture(carrier)) {
                Task<WebSocketClosedException> failure = ws.loop.spawn(() -> {
                    WebSocket socket = await(ws.client.connect(peer.url()));
                    socket.send("ready");
                    try {
                        return new WebSocketClosedException(socket.receive() + " came", CloseStatus.NORMAL, null);
                    } catch (WebSocketClosedException ex) {
                        assertThat(socket.closeStatus()).isEqualTo(CloseStatus.LOST);
                        assertThat(socket.awaitClosed()).isEqualTo(CloseStatus.LOST);
                        return ex;
                    }
                });
                RawPeer.Link link = peer.open();
                link.read(RawPeer.TEXT);
                if (broken) {
                    link.reset();
                } else {
                    link.socket.close();
                }
                assertThat(WebSocketFixture.outcome(failure))
                        .hasMessageContaining("has lost its connection")
                        .satisfies(ex -> assertThat(ex.status()).isEqualTo(CloseStatus.LOST));
            }
        }
    }

    @OnBothCarriers
    void aPeerThatDoesNotAnswerACloseIsDropped(Carrier carrier) throws IOException {
        ManualClock clock = new ManualClock();
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, clock, options -> options)) {
            Task<CloseStatus> status = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                socket.close();
                return socket.awaitClosed();
            });
            RawPeer.Link link = peer.open();
            link.read(RawPeer.CLOSE);
            ws.settle();
            clock.advance(Duration.ofMillis(4_999));
            ws.settle();
            assertThat(status.isDone()).isFalse();
            clock.advance(Duration.ofMillis(1));
            assertThat(WebSocketFixture.outcome(status)).isEqualTo(CloseStatus.LOST);
            assertThat(link.readEnd()).isTrue();
        }
    }

    @OnBothCarriers
    void aPeerThatDoesNotEvenReadIsDropped(Carrier carrier) throws IOException {
        AtomicBoolean closing = new AtomicBoolean();
        ManualClock clock = new ManualClock();
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, clock, options -> options)) {
            Task<CloseStatus> status = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                byte[] bytes = new byte[1 << 20];
                while (socket.outbox() < 100) {
                    socket.send(bytes);
                    Async.yieldNow();
                }
                socket.close();
                closing.set(true);
                return socket.awaitClosed();
            });
            RawPeer.Link link = peer.open();
            ws.until(closing::get);
            ws.settle();
            clock.advance(Duration.ofSeconds(5));
            assertThat(WebSocketFixture.outcome(status)).isEqualTo(CloseStatus.LOST);
            link.socket.close();
        }
    }

    @OnBothCarriers
    void itIsClosedWith1001WhenItsOwnerEnds(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            AtomicReference<WebSocket> kept = new AtomicReference<>();
            Task<?> owner = ws.loop.spawn(() -> {
                kept.set(await(ws.client.connect(peer.url())));
                kept.get().send("hello");
                return null;
            });
            RawPeer.Link link = peer.open();
            assertThat(link.read(RawPeer.TEXT).text()).isEqualTo("hello");
            assertThat(link.read(RawPeer.CLOSE).code()).isEqualTo(1001);
            WebSocketFixture.outcome(owner);
            ws.run(() -> assertThatExceptionOfType(WebSocketClosedException.class)
                    .isThrownBy(() -> kept.get().send("late")));
            link.sendClose(1001, "");
            link.socket.close();
            ws.until(() -> ws.client.active() == 0);
        }
    }

    @OnBothCarriers
    void itIsClosedWhenItsOwnerIsCancelled(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<Message> owner =
                    ws.loop.spawn(() -> await(ws.client.connect(peer.url())).receive());
            RawPeer.Link link = peer.open();
            link.send(RawPeer.PING, "");
            link.read(RawPeer.PONG); // it is open
            owner.cancel(false);
            assertThat(link.read(RawPeer.CLOSE).code()).isEqualTo(1001);
            assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> WebSocketFixture.outcome(owner));
        }
    }

    @OnBothCarriers
    void theEndOfTheLoopClosesWith1001(Carrier carrier) throws IOException {
        try (var peer = new RawPeer()) {
            RawPeer.Link link;
            try (var ws = new WebSocketFixture(carrier)) {
                Task<WebSocket> opening = ws.client.connect(peer.url()); // belongs to the loop
                link = peer.open();
                WebSocketFixture.outcome(opening);
                ws.loop.close();
            }
            assertThat(link.read(RawPeer.CLOSE).code()).isEqualTo(1001);
            assertThat(link.readEnd()).isTrue();
        }
    }

    @OnBothCarriers
    void aClosedClientClosesItsOwnWith1001AndOpensNoMore(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.open();
            WebSocketFixture.outcome(opening);
            Task<WebSocket> stuck = ws.client.connect(peer.url());
            peer.accept();
            assertThat(ws.client.active()).isEqualTo(2);
            ws.client.close();
            assertThat(link.read(RawPeer.CLOSE).code()).isEqualTo(1001);
            assertThatExceptionOfType(WebSocketConnectException.class)
                    .isThrownBy(() -> WebSocketFixture.outcome(stuck))
                    .withMessageContaining("closed");
            assertThatExceptionOfType(WebSocketConnectException.class)
                    .isThrownBy(() -> WebSocketFixture.outcome(ws.client.connect(peer.url())))
                    .withMessageContaining("closed");
        }
    }

    @Test
    void onlyCodesAndReasonsThatCanBeSentAreTaken() {
        for (int code : new int[] {999, 1004, 1005, 1006, 1015, 1016, 2999, 5000}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CloseStatus.toSend(code, ""))
                    .withMessageContaining(String.valueOf(code));
        }
        for (int code : new int[] {1000, 1003, 1007, 1014, 3000, 4999}) {
            assertThat(CloseStatus.toSend(code, "").code()).isEqualTo(code);
        }
        assertThat(CloseStatus.toSend(1000, "x".repeat(123)).reason()).hasSize(123);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CloseStatus.toSend(1000, "é".repeat(62)))
                .withMessageContaining("124 bytes");
    }
}
