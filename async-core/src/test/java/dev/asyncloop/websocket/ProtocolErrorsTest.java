package dev.asyncloop.websocket;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a peer must not send, each with the code that it gets. */
class ProtocolErrorsTest {

    private static final int LIMIT = 1_000;

    private enum Breach {
        RESERVED_BIT_1(1002, RawPeer.Link.frame(0xc1, new byte[1])),
        RESERVED_BIT_2(1002, RawPeer.Link.frame(0xa1, new byte[1])),
        RESERVED_BIT_3_OF_A_PING(1002, RawPeer.Link.frame(0x99, new byte[1])),
        FRAGMENTED_CONTROL_FRAME(1002, RawPeer.Link.frame(0x09, new byte[1])),
        LONG_CONTROL_FRAME(1002, RawPeer.Link.frame(0x89, new byte[126])),
        STRAY_CONTINUATION(1002, RawPeer.Link.frame(0x80, new byte[1])),
        NEW_MESSAGE_INSIDE_A_FRAGMENTED_ONE(
                1002, RawPeer.Link.frame(0x01, new byte[1]), RawPeer.Link.frame(0x81, new byte[1])),
        UNKNOWN_OPCODE(1002, RawPeer.Link.frame(0x83, new byte[1])),
        UNKNOWN_CONTROL_OPCODE(1002, RawPeer.Link.frame(0x8b, new byte[1])),
        MASKED(1002, new byte[] {(byte) 0x81, (byte) 0x81, 1, 2, 3, 4, 5}),
        TEXT_NOT_UTF_8(1007, RawPeer.Link.frame(0x81, new byte[] {'a', (byte) 0xe9})),
        HALF_A_CHARACTER(1007, RawPeer.Link.frame(0x81, new byte[] {'a', (byte) 0xc3})),
        FRAGMENTS_NOT_UTF_8(
                1007, RawPeer.Link.frame(0x01, new byte[] {(byte) 0xc3}), RawPeer.Link.frame(0x80, new byte[] {'a'})),
        REPLACED_AND_NOT_UTF_8(
                1007, RawPeer.Link.frame(0x81, new byte[] {(byte) 0xef, (byte) 0xbf, (byte) 0xbd, (byte) 0xe9})),
        REASON_NOT_UTF_8(1007, RawPeer.Link.frame(0x88, new byte[] {3, (byte) 0xe8, (byte) 0xe9})),
        HALF_A_CLOSE_CODE(1002, RawPeer.Link.frame(0x88, new byte[] {3})),
        CODE_1005(1002, RawPeer.Link.frame(0x88, new byte[] {3, (byte) 0xed})),
        CODE_1006(1002, RawPeer.Link.frame(0x88, new byte[] {3, (byte) 0xee})),
        CODE_999(1002, RawPeer.Link.frame(0x88, new byte[] {3, (byte) 0xe7})),
        CODE_2000(1002, RawPeer.Link.frame(0x88, new byte[] {7, (byte) 0xd0})),
        CODE_5000(1002, RawPeer.Link.frame(0x88, new byte[] {0x13, (byte) 0x88})),
        FRAME_TOO_BIG(1009, RawPeer.Link.frame(0x82, new byte[LIMIT + 1])),
        FRAGMENTS_TOO_BIG(1009, RawPeer.Link.frame(0x02, new byte[LIMIT]), RawPeer.Link.frame(0x80, new byte[1])),
        LENGTH_BEYOND_ALL_MEASURE(1009, new byte[] {(byte) 0x82, 127, 0x7f, 0, 0, 0, 0, 0, 0, 0}),
        NEGATIVE_LENGTH(1002, new byte[] {(byte) 0x82, 127, -1, 0, 0, 0, 0, 0, 0, 0});

        final int code;

        final byte[][] frames;

        Breach(int code, byte[]... frames) {
            this.code = code;
            this.frames = frames;
        }
    }

    @ParameterizedTest
    @EnumSource
    void theConnectionIsClosedWithTheCodeForIt(Breach breach) throws IOException {
        for (Carrier carrier : Carrier.values()) {
            breach(breach, carrier);
        }
    }

    private static void breach(Breach breach, Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, options -> options.withMaxMessageSize(LIMIT))) {
            Task<?> done = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                assertThat(socket.receive()).isEqualTo(Message.of("before"));
                assertThatExceptionOfType(WebSocketClosedException.class)
                        .isThrownBy(socket::receiveOrNull)
                        .withMessageContaining("was closed by this side with " + breach.code)
                        .satisfies(ex -> assertThat(ex.status().code()).isEqualTo(breach.code));
                assertThatExceptionOfType(WebSocketClosedException.class).isThrownBy(() -> socket.send("more"));
                return socket.awaitClosed();
            });
            RawPeer.Link link = peer.open();
            link.send(RawPeer.TEXT, "before");
            for (byte[] frame : breach.frames) {
                link.write(frame);
            }
            RawPeer.Frame close = link.read(RawPeer.CLOSE);
            assertThat(close.code()).isEqualTo(breach.code);
            assertThat(close.reason()).isNotEmpty();
            link.send(RawPeer.TEXT, "what comes after that is not looked at");
            link.socket.shutdownOutput();
            assertThat(link.readEnd()).isTrue();
            WebSocketFixture.outcome(done);
        }
    }

    @OnBothCarriers
    void aMessageOfJustTheMostBytesIsTaken(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, options -> options.withMaxMessageSize(LIMIT))) {
            Task<?> done = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                assertThat(socket.receive().size()).isEqualTo(LIMIT);
                assertThat(socket.receive().size()).isEqualTo(LIMIT);
                return null;
            });
            RawPeer.Link link = peer.open();
            link.send(0x82, new byte[LIMIT]);
            link.send(0x02, new byte[LIMIT - 1]);
            link.send(0x80, new byte[1]);
            WebSocketFixture.outcome(done);
        }
    }
}
